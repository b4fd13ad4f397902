/// What a tip's text says about the deal.
///
/// A pure value: one version of the rules always judges equal texts alike, on every machine. The log keeps the mass
/// that the version of its day arrived at, so better rules change no old state.
/// *Invariant:* `strength` and `confidence` lie in [0, 1]; `isConditional` implies `works` and `strength > 0`.
public struct TipJudgement: Sendable, Equatable {
    /// True: the tip says the deal works; false: it does not. Meaningless when `strength` is 0.
    public var works: Bool

    /// Strength of the opinion, [0, 1]; 0 = no opinion. A plain "works" is about 0.8, "works great" about 1,
    /// conditions alone about 0.35, sentiment alone at most `TipTally.sentimentCeiling`.
    public var strength: Double

    /// How sure the rules are of their reading, [0, 1]. With `strength` 0 it is how sure they are that the text
    /// holds no opinion. It is a rule of thumb, not a calibrated probability: of the labelled tips that no rule was
    /// written for, the rules read 97 % right at 0.7 and more, 86 % from 0.5 to 0.7 (a text without a word of the
    /// tables is at 0.6), and 4 of 7 below (sentiment alone). `Bench/tips/run` prints the table.
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
