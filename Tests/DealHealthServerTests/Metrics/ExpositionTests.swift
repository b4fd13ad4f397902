import CoreMetrics
import Testing

@testable import DealHealthServer

/// What a scrape reads, byte for byte.
@Suite struct ExpositionTests {
    /// One family of each kind, with labels, a unit and help that needs escaping.
    private func makeRegistry() -> PrometheusRegistry {
        let registry = PrometheusRegistry(
            buckets: ["wait_seconds": [0.000_05, 0.5, 1, 2_500_000]],
            help: ["requests_total": "Requests \"served\",\nby C:\\ route."])
        registry.makeCounter(label: "requests", dimensions: [("route", "/b"), ("code", "200")])
            .increment(by: 2 as Int64)
        registry.makeCounter(label: "requests_total", dimensions: [("code", "200"), ("route", "/a")])
            .increment(by: 40 as Int64)
        registry.makeMeter(label: "queue.depth", dimensions: []).set(-1.5)
        let timer = registry.makeTimer(label: "wait_seconds", dimensions: [("kind", "sync")])
        timer.recordNanoseconds(50_000)
        timer.recordNanoseconds(500_000_001)
        timer.recordNanoseconds(3_000_000_000_000_000)
        return registry
    }

    @Test func textIsGolden() {
        #expect(
            makeRegistry().expose(.text) == """
                # HELP dealhealth_metrics_series_dropped_total Registrations of series refused because the registry is \
                full or the name is taken by another kind.
                # TYPE dealhealth_metrics_series_dropped_total counter
                dealhealth_metrics_series_dropped_total{reason="conflict"} 0
                dealhealth_metrics_series_dropped_total{reason="limit"} 0
                # HELP queue_depth No description was registered for this gauge.
                # TYPE queue_depth gauge
                queue_depth -1.5
                # HELP requests_total Requests "served",\\nby C:\\\\ route.
                # TYPE requests_total counter
                requests_total{code="200",route="/a"} 40
                requests_total{code="200",route="/b"} 2
                # HELP wait_seconds No description was registered for this histogram.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{kind="sync",le="5e-05"} 1
                wait_seconds_bucket{kind="sync",le="0.5"} 1
                wait_seconds_bucket{kind="sync",le="1.0"} 2
                wait_seconds_bucket{kind="sync",le="2.5e+06"} 2
                wait_seconds_bucket{kind="sync",le="+Inf"} 3
                wait_seconds_sum{kind="sync"} 3000000.500050001
                wait_seconds_count{kind="sync"} 3

                """)
    }

    @Test func openMetricsIsGolden() {
        #expect(
            makeRegistry().expose(.openMetrics) == """
                # TYPE dealhealth_metrics_series_dropped counter
                # HELP dealhealth_metrics_series_dropped Registrations of series refused because the registry is \
                full or the name is taken by another kind.
                dealhealth_metrics_series_dropped_total{reason="conflict"} 0
                dealhealth_metrics_series_dropped_total{reason="limit"} 0
                # TYPE queue_depth gauge
                # HELP queue_depth No description was registered for this gauge.
                queue_depth -1.5
                # TYPE requests counter
                # HELP requests Requests \\"served\\",\\nby C:\\\\ route.
                requests_total{code="200",route="/a"} 40
                requests_total{code="200",route="/b"} 2
                # TYPE wait_seconds histogram
                # UNIT wait_seconds seconds
                # HELP wait_seconds No description was registered for this histogram.
                wait_seconds_bucket{kind="sync",le="5e-05"} 1
                wait_seconds_bucket{kind="sync",le="0.5"} 1
                wait_seconds_bucket{kind="sync",le="1.0"} 2
                wait_seconds_bucket{kind="sync",le="2.5e+06"} 2
                wait_seconds_bucket{kind="sync",le="+Inf"} 3
                wait_seconds_sum{kind="sync"} 3000000.500050001
                wait_seconds_count{kind="sync"} 3
                # EOF

                """)
    }

    @Test func bytesAppendTheSameText() {
        let registry = makeRegistry()
        var bytes = Array("x".utf8)
        registry.expose(.openMetrics, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x" + registry.expose(.openMetrics))
    }

    @Test func counterUnitIsReadBeforeTotal() {
        let registry = PrometheusRegistry()
        registry.makeFloatingPointCounter(label: "cpu_seconds", dimensions: []).increment(by: 0.25)
        let text = registry.expose(.openMetrics)
        #expect(text.contains("# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n"))
        #expect(text.contains("\ncpu_seconds_total 0.25\n"))
    }

    @Test func collectorsRunBeforeEveryScrapeInOrder() {
        let registry = PrometheusRegistry()
        registry.onCollect { registry.setGauge("a", to: 1) }
        registry.onCollect { registry.makeMeter(label: "a", dimensions: []).increment(by: 2) }
        registry.onCollect { registry.advanceCounter("b", to: 7.5) }
        for _ in 0..<2 {
            let text = registry.expose(.text)
            #expect(text.contains("\na 3\n"))
            #expect(text.contains("\nb_total 7.5\n"))
        }
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (42, "42"), (-3, "-3"), (0.1, "0.1"), (1e-9, "1e-09"), (1e300, "1e+300"),
        (9_007_199_254_740_991, "9007199254740991"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func samplesReadAsTheSameNumber(value: Double, text: String) {
        #expect(FloatText.sample(value) == text)
    }

    @Test(arguments: [
        (0.000_05, "5e-05"), (0.000_25, "0.00025"), (1, "1.0"), (100_000, "100000.0"), (1e6, "1e+06"),
        (1_048_576, "1.048576e+06"), (12_345_678.5, "1.23456785e+07"), (1e10, "1e+10"), (1e300, "1e+300"),
        (-2_500_000, "-2.5e+06"), (0, "0.0"),
    ])
    func boundsAreCanonical(value: Double, text: String) {
        #expect(FloatText.canonical(value) == text)
        #expect(Double(text) == value)
    }
}
