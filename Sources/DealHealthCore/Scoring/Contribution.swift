/// What one source of evidence, or the prior, makes of a score.
public struct Contribution: Sendable, Equatable {
    /// Nil for the prior.
    public var source: EvidenceSource?
    /// Decayed to the latest evidence, and to the time of the score; of the prior its strength.
    public var mass: Double
    public var decayedMass: Double
    /// ω, and the most decayed mass that counts; 1 and ∞ for the prior.
    public var weight: Double
    public var cap: Double
    /// c: 1 when the cap does not bite, (0, 1].
    public var capFactor: Double
    /// What it adds to the score, and what it adds to 100 less the score; points. Of all contributions these add up to both.
    public var pointsFor: Double
    public var pointsAgainst: Double

    /// The contributions to the score of `state` at `time`: those of the sources, in their order, then the prior's.
    public static func all(of state: DealState, at time: Timestamp, settings: ScoringSettings) -> [Contribution] {
        let decay = state.decay(to: time, settings)
        let counted = WeightedEvidence(of: state, at: time, settings: settings)
        let total = counted.positive + counted.negative + settings.priorStrength
        let baseRate = state.baseRate(settings)
        let prior = 100 * settings.priorStrength / total
        return EvidenceSource.allCases.map { source in
            let evidence = state[source]
            let mass = evidence.mass * decay
            let (weight, cap) = (settings.weight(of: source), settings.cap(of: source))
            let factor = mass > cap ? cap / mass : 1
            let points = 100 * weight * factor * decay / total
            return Contribution(
                source: source, mass: evidence.mass, decayedMass: mass, weight: weight, cap: cap, capFactor: factor,
                pointsFor: points * evidence.positive, pointsAgainst: points * evidence.negative)
        } + [
            Contribution(
                source: nil, mass: settings.priorStrength, decayedMass: settings.priorStrength, weight: 1,
                cap: .infinity, capFactor: 1, pointsFor: prior * baseRate, pointsAgainst: prior * (1 - baseRate))
        ]
    }
}
