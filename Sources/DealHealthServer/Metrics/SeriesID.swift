/// Which series an instrument feeds: a metric name and a set of labels.
struct SeriesID: Hashable, Sendable {
    /// The metric's name as in the text format; a counter's ends in `_total`.
    let name: String
    /// The labels that tell it from the other series of the family.
    let labels: LabelSet

    /// The series for a name that is already valid.
    init(name: String, dimensions: [(String, String)]) {
        assert(name == MetricName.sanitized(name), "names are made valid before they identify a series")
        self.name = name
        self.labels = LabelSet(dimensions)
    }
}
