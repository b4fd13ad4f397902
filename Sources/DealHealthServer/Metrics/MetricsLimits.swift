/// Bounds on what instrument labels may cost in memory and in the size of a scrape, each with its reason.
package enum MetricsLimits {
    /// Time series, that is, lines of exposition, in one registry.
    ///
    /// At about 100 bytes a line a full registry answers a scrape with 1 MB, in a few tens of milliseconds.
    package static let series = 10_000

    /// Upper bounds in one histogram, without `+Inf`. Each costs a line per label set in every scrape.
    package static let bucketBounds = 64

    /// Labels on one series. More is a sign of a request's content used as labels; the rest are dropped.
    package static let labelsPerSeries = 16

    /// Bytes of UTF-8 in a label value or a name before escaping. Longer ones are cut at a scalar's border.
    package static let textBytes = 256

    /// Callbacks run before a scrape. They are added at wiring, never per request.
    package static let collectors = 64

    /// Media ranges read from one `Accept` header. Prometheus sends at most six.
    package static let acceptRanges = 32
}
