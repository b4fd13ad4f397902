/// Which series exist: the registry's decisions, without its lock.
///
/// *Invariant:* `0 <= seriesCount <= maximumSeries`; `seriesCount` is the sum over all instruments; no family is
/// empty; `owners` holds exactly the reserved names of the families.
struct RegistryState: Sendable {
    /// Families by name in the text format.
    private(set) var families: [String: MetricFamily] = [:]
    /// Lines that a scrape has now, without comments.
    private(set) var seriesCount = 0
    /// The bound on `seriesCount`.
    let maximumSeries: Int

    /// For each sample or family name in use, the family that uses it.
    private var owners: [String: String] = [:]

    /// No series yet.
    init(maximumSeries: Int) {
        precondition(maximumSeries >= 1, "a registry without room is a configuration error")
        self.maximumSeries = maximumSeries
    }

    /// The instrument of a series: the one there is, or a new one at zero. O(1).
    ///
    /// - Parameter buckets: the bounds for a new family; not called if the family exists.
    /// - Throws: why there can be no such series.
    mutating func instrument(
        _ id: SeriesID, kind: MetricKind, buckets: () -> HistogramBuckets?
    ) throws(RegistrationRefusal) -> Instrument {
        let known = families[id.name]
        if let known {
            guard known.kind == kind else { throw .conflict }
            if let instrument = known.instruments[id.labels] { return instrument }
        } else if kind.reservedNames(for: id.name).contains(where: { owners[$0] != nil }) {
            throw .conflict
        }
        let family = known ?? MetricFamily(name: id.name, kind: kind, buckets: buckets())
        let instrument = family.makeInstrument(id)
        guard seriesCount + instrument.seriesCount <= maximumSeries else { throw .limit }
        if known == nil {
            for name in kind.reservedNames(for: id.name) { owners[name] = id.name }
        }
        families[id.name, default: family].instruments[id.labels] = instrument
        seriesCount += instrument.seriesCount
        assert(seriesCount <= maximumSeries)
        return instrument
    }

    /// Forgets a series if `cell` is still its instrument, and the family with the last of them. O(1).
    mutating func remove(_ id: SeriesID, cell: AnyObject) {
        guard let instrument = families[id.name]?.instruments[id.labels], instrument.cell === cell else { return }
        seriesCount -= instrument.seriesCount
        assert(seriesCount >= 0)
        families[id.name]?.instruments[id.labels] = nil
        guard let family = families[id.name], family.instruments.isEmpty else { return }
        families[id.name] = nil
        for name in family.kind.reservedNames(for: id.name) { owners[name] = nil }
    }

    /// Traps unless the invariants hold. O(series), hence called by tests and not after each mutation.
    func checkInvariants() {
        let counted = families.values.reduce(0) { sum, family in
            sum + family.instruments.values.reduce(0) { $0 + $1.seriesCount }
        }
        precondition(seriesCount == counted, "the bound counts every line once")
        precondition(seriesCount <= maximumSeries, "the bound holds")
        precondition(families.values.allSatisfy { !$0.instruments.isEmpty }, "no family is empty")
        let reserved = families.values.flatMap { $0.kind.reservedNames(for: $0.name) }
        precondition(Set(reserved) == Set(owners.keys), "names in use are reserved, and no others")
        precondition(Set(reserved).count == reserved.count, "no name has two owners")
    }
}
