/// A deal's evidence at one instant as it counts in the score: decayed, capped and weighted, of all sources.
public struct WeightedEvidence: Sendable, Equatable {
    /// R: what speaks for it, >= 0.
    public private(set) var positive = 0.0
    /// S: what speaks against it, >= 0.
    public private(set) var negative = 0.0
    /// Sum of the squared weights, >= 0.
    private(set) var squares = 0.0

    /// What counts of `state` at `time` (a time before the state's reference time counts as that time); O(1), one `exp`.
    public init(of state: DealState, at time: Timestamp, settings: ScoringSettings) {
        let decay = state.decay(to: time, settings)
        for source in EvidenceSource.allCases {
            let evidence = state[source]
            let mass = evidence.mass * decay
            if mass == 0 { continue }
            let cap = settings.cap(of: source)
            let weight = decay * settings.weight(of: source) * (mass > cap ? cap / mass : 1)
            positive += weight * evidence.positive
            negative += weight * evidence.negative
            squares += weight * weight * evidence.squares
        }
    }
}
