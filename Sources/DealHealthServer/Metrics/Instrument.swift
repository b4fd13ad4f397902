/// What the registry keeps for one series, or for the several lines that make up one histogram.
enum Instrument: Sendable {
    /// A counter.
    case counter(CounterCell)
    /// A gauge.
    case gauge(GaugeCell)
    /// A histogram.
    case histogram(HistogramCell)

    /// The object that callers hold, for comparing identities.
    var cell: AnyObject {
        switch self {
        case .counter(let cell): cell
        case .gauge(let cell): cell
        case .histogram(let cell): cell
        }
    }

    /// Lines that this instrument adds to a scrape; what the registry's bound counts.
    var seriesCount: Int {
        switch self {
        case .counter, .gauge: 1
        case .histogram(let cell): cell.buckets.bounds.count + 3  // +Inf, _sum, _count
        }
    }
}
