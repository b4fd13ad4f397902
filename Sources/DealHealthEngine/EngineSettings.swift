public import DealHealthCore

/// What an operator can choose about the engine.
public struct EngineSettings: Sendable {
    public var scoring = ScoringSettings()
    /// How long event ids are remembered: the retention of Pub/Sub, after which nothing is delivered again.
    public var rememberFor: Duration = .seconds(7 * 86_400)
    /// How long replaying what the checkpoint lacks may take.
    public var recoverySecondsTarget = 1.0
    /// How long records are kept.
    public var logRetention: Duration = .seconds(90 * 86_400)
    /// How many bytes of records are kept.
    public var logRetentionBytes = 64 << 30

    public init() {}
}
