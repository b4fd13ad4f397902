/// All instruments under one name, and what they have in common.
struct MetricFamily: Sendable {
    /// The name in the text format.
    let name: String
    /// What the samples mean.
    let kind: MetricKind
    /// The bounds of every histogram in the family; `nil` for the other kinds.
    let buckets: HistogramBuckets?
    /// The instruments. *Invariant:* each is of `kind`, and none is kept under labels other than its own.
    var instruments: [LabelSet: Instrument] = [:]

    /// The instrument that a new series of this family would get, at zero and not yet registered.
    func makeInstrument(_ id: SeriesID) -> Instrument {
        assert(id.name == name, "a family holds one name")
        switch kind {
        case .counter: return .counter(CounterCell(id: id))
        case .gauge: return .gauge(GaugeCell(id: id))
        case .histogram: return .histogram(HistogramCell(id: id, buckets: buckets ?? .fallback(for: name)))
        }
    }
}
