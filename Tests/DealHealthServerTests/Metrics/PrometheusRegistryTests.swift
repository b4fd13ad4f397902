import CoreMetrics
import Metrics
import Testing

@testable import DealHealthServer

/// Registration, its bounds, and values under concurrency.
@Suite struct PrometheusRegistryTests {
    @Test func sameLabelAndDimensionsGiveTheSameInstrument() {
        let registry = PrometheusRegistry()
        let first = registry.makeCounter(label: "a", dimensions: [("x", "1"), ("y", "2")])
        #expect(first === registry.makeCounter(label: "a_total", dimensions: [("y", "2"), ("x", "1")]))
        #expect(first === registry.makeFloatingPointCounter(label: "a", dimensions: [("x", "1"), ("y", "2")]))
        #expect(first !== registry.makeCounter(label: "a", dimensions: [("x", "1")]))
        let gauge = registry.makeRecorder(label: "g", dimensions: [], aggregate: false)
        #expect(gauge === registry.makeMeter(label: "g", dimensions: []))
        let histogram = registry.makeRecorder(label: "h", dimensions: [], aggregate: true)
        #expect(histogram === registry.makeTimer(label: "h", dimensions: []))
        registry.checkInvariants()
    }

    @Test func concurrentWritersLoseNothing() async {
        let registry = PrometheusRegistry(buckets: ["sizes": [1]])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    for step in 0..<1_000 {
                        registry.makeCounter(label: "c", dimensions: []).increment(by: 3 as Int64)
                        registry.makeFloatingPointCounter(label: "f", dimensions: []).increment(by: 0.5)
                        registry.makeMeter(label: "g", dimensions: []).increment(by: 1)
                        registry.makeRecorder(label: "sizes", dimensions: [], aggregate: true).record(Int64(step % 4))
                    }
                }
            }
            group.addTask { for _ in 0..<50 { _ = registry.expose(.text) } }
        }
        let text = registry.expose(.text)
        for line in [
            "c_total 150000", "f_total 25000", "g 50000", "sizes_bucket{le=\"1.0\"} 25000",
            "sizes_bucket{le=\"+Inf\"} 50000", "sizes_sum 75000", "sizes_count 50000",
        ] {
            #expect(text.contains("\n\(line)\n"))
        }
        registry.checkInvariants()
    }

    @Test func fullRegistryDropsAndCountsNewSeries() {
        let registry = PrometheusRegistry(buckets: ["h": [1, 2]], maximumSeries: 10)  // 2 of them are its own
        let kept = (0..<5).map { registry.makeCounter(label: "c", dimensions: [("i", "\($0)")]) }
        #expect(registry.makeTimer(label: "h", dimensions: []) is NOOPMetricsHandler)  // five lines, room for three
        #expect(registry.makeMeter(label: "g", dimensions: []) is GaugeCell)
        #expect(registry.makeMeter(label: "g2", dimensions: []) is GaugeCell)
        #expect(registry.makeMeter(label: "g3", dimensions: []) is GaugeCell)
        #expect(registry.makeCounter(label: "c", dimensions: [("i", "9")]) is NOOPMetricsHandler)
        #expect(registry.makeCounter(label: "c", dimensions: [("i", "4")]) === kept[4])
        let text = registry.expose(.text)
        #expect(text.contains("\ndealhealth_metrics_series_dropped_total{reason=\"limit\"} 2\n"))
        #expect(text.split(separator: "\n").count { !$0.hasPrefix("#") } == 10)
        registry.destroyCounter(kept[0])
        #expect(registry.makeCounter(label: "c", dimensions: [("i", "9")]) is CounterCell)
        registry.checkInvariants()
    }

    @Test func defaultBoundIsTenThousand() {
        let registry = PrometheusRegistry()
        for index in 0..<10_050 {
            registry.makeMeter(label: "g", dimensions: [("i", "\(index)")]).set(Int64(index))
        }
        let text = registry.expose(.text)
        #expect(text.split(separator: "\n").count { !$0.hasPrefix("#") } == 10_000)
        #expect(text.contains("{reason=\"limit\"} 52\n"))
        registry.checkInvariants()
    }

    @Test func nameTakenByAnotherKindIsRefused() {
        let registry = PrometheusRegistry()
        _ = registry.makeRecorder(label: "h", dimensions: [], aggregate: true)
        _ = registry.makeCounter(label: "c", dimensions: [])
        for label in ["h", "h_count", "h_sum", "h_bucket", "c", "c_total", "c_created"] {
            #expect(registry.makeMeter(label: label, dimensions: []) is NOOPMetricsHandler, "\(label)")
        }
        #expect(registry.makeTimer(label: "c", dimensions: []) is NOOPMetricsHandler)
        #expect(registry.expose(.text).contains("{reason=\"conflict\"} 8\n"))
        registry.checkInvariants()
    }

    @Test func destroyedSeriesLeavesAndReturnsAtZero() {
        let registry = PrometheusRegistry()
        let meter = registry.makeMeter(label: "g", dimensions: [])
        meter.set(5 as Int64)
        registry.destroyMeter(meter)
        #expect(!registry.expose(.text).contains("\ng "))
        let timer = registry.makeTimer(label: "g", dimensions: [])  // the name is free for another kind
        registry.destroyMeter(meter)  // stale: not the instrument there now
        timer.recordNanoseconds(1)
        #expect(registry.expose(.text).contains("\ng_count 1\n"))
        registry.destroyTimer(timer)
        registry.destroyMeter(NOOPMetricsHandler.instance)
        #expect(registry.makeMeter(label: "g", dimensions: []) is GaugeCell)
        #expect(registry.expose(.text).contains("\ng 0\n"))
        registry.checkInvariants()
    }

    @Test func ownCountersCannotBeDestroyed() {
        let registry = PrometheusRegistry()
        let own = registry.makeCounter(label: PrometheusRegistry.droppedName, dimensions: [("reason", "limit")])
        registry.destroyCounter(own)
        #expect(registry.expose(.text).contains("{reason=\"limit\"} 0\n"))
    }

    @Test func instrumentsOfSwiftMetricsReachTheRegistry() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1")], factory: registry).increment(by: 2)
        Gauge(label: "g", factory: registry).record(2.5)
        Timer(label: "t_seconds", factory: registry).recordMilliseconds(400)
        let text = registry.expose(.text)
        #expect(text.contains("\nc_total{a=\"1\"} 2\n"))
        #expect(text.contains("\ng 2.5\n"))
        #expect(text.contains("\nt_seconds_bucket{le=\"0.25\"} 0\nt_seconds_bucket{le=\"0.5\"} 1\n"))
    }
}
