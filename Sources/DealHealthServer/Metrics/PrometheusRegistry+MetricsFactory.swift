public import CoreMetrics

/// How swift-metrics instruments map to Prometheus: counters of either kind to counters, meters and recorders that
/// do not aggregate to gauges, recorders that aggregate and timers to histograms.
///
/// The same label and dimensions give the same instrument until it is destroyed. Destroying it takes the series
/// out of the exposition for everyone who holds it; what they record later is lost.
extension PrometheusRegistry: MetricsFactory {
    /// A counter named `label`, with `_total` added if missing.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counterCell(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// The same counter as `makeCounter` gives, for amounts that are not whole.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counterCell(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gaugeCell(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram if `aggregate`, otherwise a gauge that shows the last value recorded.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gaugeCell(label, dimensions) ?? NOOPMetricsHandler.instance }
        return histogramCell(label, dimensions, isTimer: false) ?? NOOPMetricsHandler.instance
    }

    /// A histogram in seconds. The label SHOULD end in `_seconds`; it is not added.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogramCell(label, dimensions, isTimer: true) ?? NOOPMetricsHandler.instance
    }

    /// Forgets a counter.
    public func destroyCounter(_ handler: any CounterHandler) {
        destroy(handler)
    }

    /// Forgets a counter.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        destroy(handler)
    }

    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) {
        destroy(handler)
    }

    /// Forgets a histogram or gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        destroy(handler)
    }

    /// Forgets a histogram.
    public func destroyTimer(_ handler: any TimerHandler) {
        destroy(handler)
    }

    /// Raises a counter to a sum kept elsewhere (the kernel, LMDB); a lower `total` is ignored. For collectors.
    ///
    /// A counter MUST be either advanced or incremented, never both.
    package func advanceCounter(_ label: String, dimensions: [(String, String)] = [], to total: Double) {
        counterCell(label, dimensions)?.advance(to: total)
    }

    /// Sets a gauge that nobody holds. For collectors; NaN is ignored.
    package func setGauge(_ label: String, dimensions: [(String, String)] = [], to value: Double) {
        gaugeCell(label, dimensions)?.set(value)
    }

    /// Raises the histogram `label`, without labels, to the sum of those series of the histogram `source` whose labels `isPart` takes,
    /// as text; nothing when there are none, or they are no histograms. For collectors.
    func raiseHistogram(_ label: String, toSumOf source: String, where isPart: (_ labels: String) -> Bool) {
        let cells = instruments(of: source).compactMap { labels, instrument -> HistogramCell? in
            guard case .histogram(let cell) = instrument, isPart(labels.text) else { return nil }
            return cell
        }
        guard let first = cells.first, let view = histogramCell(label, [], isTimer: true) else { return }
        precondition(view.buckets == first.buckets, "a view has the bounds of what it shows")
        view.raise(toSumOf: cells)
    }

    /// The sum of those series of the counter `name` whose labels `isPart` takes, as text; 0 when there are none.
    func total(of name: String, where isPart: (_ labels: String) -> Bool) -> Double {
        instruments(of: name).reduce(0) { total, series in
            guard case .counter(let cell) = series.value, isPart(series.key.text) else { return total }
            return total + cell.value
        }
    }

    private func counterCell(_ label: String, _ dimensions: [(String, String)]) -> CounterCell? {
        let name = MetricName.counter(label)
        guard case .counter(let cell)? = instrument(name: name, dimensions: dimensions, kind: .counter) else {
            return nil
        }
        return cell
    }

    private func gaugeCell(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell? {
        let name = MetricName.sanitized(label)
        guard case .gauge(let cell)? = instrument(name: name, dimensions: dimensions, kind: .gauge) else { return nil }
        return cell
    }

    private func histogramCell(_ label: String, _ dimensions: [(String, String)], isTimer: Bool) -> HistogramCell? {
        let name = MetricName.sanitized(label)
        let made = instrument(name: name, dimensions: dimensions, kind: .histogram, isTimer: isTimer)
        guard case .histogram(let cell)? = made else { return nil }
        return cell
    }

    private func destroy(_ handler: AnyObject) {
        switch handler {
        case let cell as CounterCell: remove(cell.id, cell: cell)
        case let cell as GaugeCell: remove(cell.id, cell: cell)
        case let cell as HistogramCell: remove(cell.id, cell: cell)
        default: break  // the handler of a refused series
        }
    }
}
