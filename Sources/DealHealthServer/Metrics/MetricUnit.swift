/// The base units that a metric's name can end in.
enum MetricUnit: String, CaseIterable, Sendable {
    /// Durations and points in time.
    case seconds
    /// Sizes.
    case bytes

    /// The unit of a metric by its OpenMetrics family name, `nil` if the name ends in none.
    init?(name: String) {
        guard let unit = Self.allCases.first(where: { name.hasSuffix("_" + $0.rawValue) }) else { return nil }
        self = unit
    }
}
