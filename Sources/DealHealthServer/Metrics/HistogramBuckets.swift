/// The upper bounds of a histogram's buckets, ascending, without the implied `+Inf`.
///
/// *Invariant:* 1 to `MetricsLimits.bucketBounds` finite bounds, each greater than the one before.
struct HistogramBuckets: Equatable, Sendable {
    /// Durations in seconds, 50 µs to 10 s in steps of 1, 2.5 and 5. 0.5 is the latency objective.
    static let seconds = HistogramBuckets([
        0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ])

    /// Sizes in bytes, 64 B to 64 MiB in steps of 4.
    static let bytes = HistogramBuckets((3...13).map { Double(1 << (2 * $0)) })

    /// Counts and anything else without a unit, 1 to 10,000 in steps of 1, 2 and 5.
    static let counts = HistogramBuckets([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000])

    /// The bounds; a value belongs to the first bound that is not below it.
    let bounds: [Double]
    /// What follows `le=` for each bound and then for `+Inf`, without quotes. Made once, used in every scrape.
    let boundTexts: [String]

    /// Buckets with these bounds, which MUST meet the invariant: they are a programmer's constant.
    init(_ bounds: [Double]) {
        precondition(!bounds.isEmpty, "a histogram needs a bound besides +Inf")
        precondition(bounds.count <= MetricsLimits.bucketBounds, "too many buckets")
        precondition(bounds.allSatisfy { $0.isFinite }, "+Inf is implied and NaN is no bound")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        self.bounds = bounds
        self.boundTexts = bounds.map(FloatText.canonical) + ["+Inf"]
    }

    /// The bounds for a metric nobody configured, by the unit its name ends in.
    static func fallback(for name: String) -> HistogramBuckets {
        switch MetricUnit(name: name) {
        case .seconds: seconds
        case .bytes: bytes
        case nil: counts
        }
    }
}
