/// What a tip's text says about the deal.
///
/// A pure value: equal texts always give equal judgements, so one may be recomputed at replay.
/// *Invariant:* `strength` and `confidence` lie in [0, 1]; `isConditional` implies `works` and `strength > 0`.
public struct TipJudgement: Sendable, Equatable {
    /// True: the tip says the deal works; false: it does not. Meaningless when `strength` is 0.
    public var works: Bool

    /// Strength of the opinion, [0, 1]; 0 = no opinion. A plain "works" is about 0.8, "works great" about 1,
    /// conditions alone about 0.35, sentiment alone at most `TipTally.sentimentCeiling`.
    public var strength: Double

    /// How sure the rules are of their reading, [0, 1]. With `strength` 0 it is how sure they are that the text
    /// holds no opinion. It is a rule of thumb, not a calibrated probability.
    public var confidence: Double

    /// The deal works under conditions ("only for new customers", "min. $50", "app only").
    public var isConditional: Bool

    /// Creates a judgement; the caller keeps the ranges above.
    public init(works: Bool, strength: Double, confidence: Double, isConditional: Bool) {
        self.works = works
        self.strength = strength
        self.confidence = confidence
        self.isConditional = isConditional
    }
}
