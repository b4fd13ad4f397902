/// The parameters of the score (DESIGN §4). A change is a record in the log: state depends on the log alone.
public struct ScoringSettings: Sendable, Equatable {
    /// λ, per day, (0, 10]. 0.1 is a half-life of 6.93 days.
    public var decayRatePerDay = 0.1
    /// ω of each source, [0, 1].
    public var automatedTestWeight = 0.6
    public var communityVerificationWeight = 0.3
    public var communityTipWeight = 0.1
    /// C: the most decayed mass that counts from one source, (0, ∞]; ∞ is no cap.
    public var automatedTestCap = Double.infinity
    public var communityVerificationCap = 20.0
    public var communityTipCap = 10.0
    /// W: how much evidence the prior weighs, [0.001, 1000].
    public var priorStrength = 1.0
    /// a: the score of a deal without evidence, as a probability, [0, 1].
    public var baseRate = 0.5
    /// h and r: how often a working deal dies, and a dead one revives, per day, [0.000001, 1].
    public var deathRatePerDay = 0.022
    public var revivalRatePerDay = 0.025
    /// τ: the most that all verifications, and all tips, shift the forecast's log-odds, [0, 4]; 0 leaves them out.
    public var verificationInfluence = 2.0
    public var tipInfluence = 0.4
    /// What is left of older evidence when an alarm is raised, [0, 1]; 1 raises none.
    public var alarmEvidenceShare = 0.1
    /// How much evidence about a merchant's deals weighs as much as `baseRate` in what a new deal of it begins with, (0, ∞]; ∞ leaves the
    /// merchant out.
    public var merchantPriorStrength = 5.0

    /// The bare formula: no change detection, no merchant's prior.
    public var plain: ScoringSettings {
        var settings = self
        settings.alarmEvidenceShare = 1
        settings.merchantPriorStrength = .infinity
        return settings
    }

    public init() {}

    @inlinable
    func weight(of source: EvidenceSource) -> Double {
        switch source {
        case .automatedTest: automatedTestWeight
        case .communityVerification: communityVerificationWeight
        case .communityTip: communityTipWeight
        }
    }

    @inlinable
    func cap(of source: EvidenceSource) -> Double {
        switch source {
        case .automatedTest: automatedTestCap
        case .communityVerification: communityVerificationCap
        case .communityTip: communityTipCap
        }
    }

    public typealias Field = any WritableKeyPath<ScoringSettings, Double> & Sendable

    /// One of the parameters, for whoever reads or shows them by name.
    public struct Parameter: Sendable {
        /// On the wire; as a setting it is `HEALTH_CALCULATION_` and this in upper case.
        public let name: String
        public let value: Field
        /// As an interval, for people.
        public let range: String
        public let isAllowed: @Sendable (Double) -> Bool
        /// A few words for people.
        public let summary: String
    }

    /// All parameters, in the order in which they are shown.
    public static let parameters: [Parameter] = [
        Parameter(
            name: "decay_rate_per_day", value: \.decayRatePerDay, range: "(0, 10]", isAllowed: { $0 > 0 && $0 <= 10 },
            summary: "How fast evidence fades"),
        weight("automated_test", \.automatedTestWeight),
        weight("community_verification", \.communityVerificationWeight),
        weight("community_tip", \.communityTipWeight),
        cap("automated_test", \.automatedTestCap),
        cap("community_verification", \.communityVerificationCap),
        cap("community_tip", \.communityTipCap),
        Parameter(
            name: "prior_strength", value: \.priorStrength, range: "[0.001, 1000]",
            isAllowed: { $0 >= 0.001 && $0 <= 1_000 }, summary: "How much evidence the prior weighs"),
        Parameter(
            name: "base_rate", value: \.baseRate, range: "[0, 1]", isAllowed: { $0 >= 0 && $0 <= 1 },
            summary: "The score without evidence, as a probability"),
        rate("death", \.deathRatePerDay, summary: "How often a working deal dies"),
        rate("revival", \.revivalRatePerDay, summary: "How often a dead deal revives"),
        influence("verification", \.verificationInfluence),
        influence("tip", \.tipInfluence),
        Parameter(
            name: "alarm_evidence_share", value: \.alarmEvidenceShare, range: "[0, 1]",
            isAllowed: { $0 >= 0 && $0 <= 1 }, summary: "What an alarm leaves of older evidence; 1 raises none"),
        Parameter(
            name: "merchant_prior_strength", value: \.merchantPriorStrength, range: "(0, inf]",
            isAllowed: { $0 > 0 }, summary: "Evidence of a merchant that weighs as much as the base rate"),
    ]

    private static func rate(_ name: String, _ value: Field, summary: String) -> Parameter {
        Parameter(
            name: "\(name)_rate_per_day", value: value, range: "[0.000001, 1]",
            isAllowed: { $0 >= 0.000_001 && $0 <= 1 }, summary: summary)
    }

    private static func influence(_ source: String, _ value: Field) -> Parameter {
        Parameter(
            name: "\(source)_influence", value: value, range: "[0, 4]", isAllowed: { $0 >= 0 && $0 <= 4 },
            summary: "Most that all of this source shifts the forecast's log-odds")
    }

    private static func weight(
        _ source: String, _ value: Field
    ) -> Parameter {
        Parameter(
            name: "\(source)_weight", value: value, range: "[0, 1]", isAllowed: { $0 >= 0 && $0 <= 1 },
            summary: "Weight of this source")
    }

    private static func cap(
        _ source: String, _ value: Field
    ) -> Parameter {
        Parameter(
            name: "\(source)_cap", value: value, range: "(0, inf]", isAllowed: { $0 > 0 },
            summary: "Most decayed mass that counts from this source")
    }

    /// What is out of range, in words for the operator, by the settings' wire names; empty when all is well.
    public var faults: [String] {
        Self.parameters.compactMap { parameter in
            let value = self[keyPath: parameter.value]
            return parameter.isAllowed(value)
                ? nil : "\(parameter.name) must be in \(parameter.range), got \(value)"
        }
    }
}
