/// A judgement of a tip together with the conditions that the tip states.
public struct TipReading: Sendable, Equatable {
    /// What the tip says about the deal; equal to `TipRules.judge` of the same text.
    public var judgement: TipJudgement

    /// In the order of the text, at most one of each kind. `.other` stands alone.
    public var conditions: [TipCondition]
}
