/// What a family's samples mean. A family has one kind for as long as it has series.
enum MetricKind: String, Sendable {
    /// A sum that only grows.
    case counter
    /// A value that moves both ways.
    case gauge
    /// Observations counted by upper bound.
    case histogram

    /// Every sample and family name that a metric of this kind called `name` occupies, in either format.
    ///
    /// Two metrics MUST NOT share one of these: a gauge `x_count` beside a histogram `x`, or a gauge `x` beside
    /// a counter `x_total`, is a scrape that a parser refuses. `_created` is reserved by OpenMetrics 1.0.0.
    func reservedNames(for name: String) -> [String] {
        switch self {
        case .counter:
            let family = MetricName.family(name, kind: self)
            return [name, family, family + "_created"]
        case .gauge:
            return [name]
        case .histogram:
            return [name, name + "_bucket", name + "_count", name + "_sum", name + "_created"]
        }
    }
}
