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
    ]

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
