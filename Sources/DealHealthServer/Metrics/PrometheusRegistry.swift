import Synchronization

/// A swift-metrics backend that keeps every instrument in memory and answers Prometheus scrapes.
///
/// Recording takes no lock (see `CounterCell`, `GaugeCell`, `HistogramCell`). Making an instrument takes a short
/// one, never held across a callback or a scrape's rendering. All members may be called from any thread.
public final class PrometheusRegistry: Sendable {
    /// Counts refused registrations, by `reason`: `limit` or `conflict`.
    package static let droppedName = "dealhealth_metrics_series_dropped_total"

    private static let droppedHelp =
        "Registrations of series refused because the registry is full or the name is taken by another kind."

    private let state: Mutex<RegistryState>
    private let collectors = Mutex<[@Sendable () -> Void]>([])
    private let buckets: [String: HistogramBuckets]
    private let help: [String: String]
    private let dropped: [RegistrationRefusal: CounterCell]

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - buckets: upper bounds by metric name, ascending and finite, in the unit of the name, `[1, 64]` of them.
    ///     Without an entry timers and names in `_seconds` get 50 µs to 10 s, names in `_bytes` 64 B to 64 MiB,
    ///     others 1 to 10,000.
    ///   - help: one sentence by metric name as exposed in the text format (counters with `_total`); any text.
    ///   - maximumSeries: lines of exposition, `[2, …)`; a histogram takes one per bound and three more. Beyond
    ///     it a new series is replaced by a handler that does nothing.
    public init(buckets: [String: [Double]] = [:], help: [String: String] = [:], maximumSeries: Int = 10_000) {
        precondition(maximumSeries >= RegistrationRefusal.allCases.count, "the registry's own counters need room")
        var state = RegistryState(maximumSeries: maximumSeries)
        var dropped: [RegistrationRefusal: CounterCell] = [:]
        for reason in RegistrationRefusal.allCases {
            let id = SeriesID(name: Self.droppedName, dimensions: [("reason", reason.rawValue)])
            guard case .counter(let cell)? = try? state.instrument(id, kind: .counter, buckets: { nil }) else {
                preconditionFailure("an empty registry has room for its own counters")
            }
            dropped[reason] = cell
        }
        self.state = Mutex(state)
        self.dropped = dropped
        self.buckets = buckets.mapValues { HistogramBuckets($0) }
        self.help = help.merging([Self.droppedName: Self.droppedHelp]) { given, _ in given }
    }

    /// Adds a callback that runs before each exposition, to refresh gauges that mirror something else.
    ///
    /// Callbacks run in the order added, on the scraping thread, outside any lock; two scrapes may run them at
    /// the same time. They MUST NOT block for long and may use the registry. At most 64, for ever.
    public func onCollect(_ body: @Sendable @escaping () -> Void) {
        collectors.withLock { collectors in
            precondition(collectors.count < MetricsLimits.collectors, "collectors are added at wiring only")
            collectors.append(body)
        }
    }

    /// All series, after running the collectors. O(series · log series).
    public func expose(_ format: ExpositionFormat) -> String {
        String(decoding: exposition(format), as: UTF8.self)
    }

    /// As `expose(_:)`, appended to `bytes` as UTF-8.
    public func expose(_ format: ExpositionFormat, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: exposition(format))
    }

    /// The instrument of a series, or `nil`, counted, if the series is refused.
    func instrument(
        name: String, dimensions: [(String, String)], kind: MetricKind, isTimer: Bool = false
    ) -> Instrument? {
        let id = SeriesID(name: name, dimensions: dimensions)
        let refusal: RegistrationRefusal
        do throws(RegistrationRefusal) {
            return try state.withLock { state throws(RegistrationRefusal) in
                try state.instrument(id, kind: kind) {
                    guard kind == .histogram else { return nil }
                    return buckets[name] ?? (isTimer ? .seconds : .fallback(for: name))
                }
            }
        } catch {
            refusal = error
        }
        dropped[refusal]?.increment(by: 1 as Int64)
        return nil
    }

    /// The series of one family by their labels; empty when there is none of this name.
    func instruments(of name: String) -> [LabelSet: Instrument] {
        state.withLock { $0.families[name]?.instruments ?? [:] }
    }

    /// Forgets a series whose instrument is `cell`. The registry's own counters stay.
    func remove(_ id: SeriesID, cell: AnyObject) {
        guard id.name != Self.droppedName else { return }
        state.withLock { $0.remove(id, cell: cell) }
    }

    /// Traps unless the invariants of the registry's state hold. For tests.
    func checkInvariants() {
        state.withLock { $0.checkInvariants() }
    }

    private func exposition(_ format: ExpositionFormat) -> [UInt8] {
        for collector in collectors.withLock({ $0 }) { collector() }
        let (families, seriesCount) = state.withLock { ($0.families, $0.seriesCount) }
        var writer = ExpositionWriter(format: format, expectedLines: seriesCount + 3 * families.count)
        for family in families.values.sorted(by: { $0.name < $1.name }) {
            let text = help[family.name] ?? "No description was registered for this \(family.kind.rawValue)."
            writer.write(family, help: text)
        }
        return writer.finish()
    }
}
