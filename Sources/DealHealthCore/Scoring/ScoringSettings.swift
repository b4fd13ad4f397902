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

    /// What is out of range, in words for the operator, by the settings' wire names; empty when all is well.
    public var faults: [String] {
        var faults: [String] = []
        func check(_ name: String, _ value: Double, _ isAllowed: (Double) -> Bool, _ range: String) {
            if !isAllowed(value) { faults.append("\(name) must be in \(range), got \(value)") }
        }
        check("decay_rate_per_day", decayRatePerDay, { $0 > 0 && $0 <= 10 }, "(0, 10]")
        check("automated_test_weight", automatedTestWeight, { $0 >= 0 && $0 <= 1 }, "[0, 1]")
        check("community_verification_weight", communityVerificationWeight, { $0 >= 0 && $0 <= 1 }, "[0, 1]")
        check("community_tip_weight", communityTipWeight, { $0 >= 0 && $0 <= 1 }, "[0, 1]")
        check("automated_test_cap", automatedTestCap, { $0 > 0 }, "(0, inf]")
        check("community_verification_cap", communityVerificationCap, { $0 > 0 }, "(0, inf]")
        check("community_tip_cap", communityTipCap, { $0 > 0 }, "(0, inf]")
        check("prior_strength", priorStrength, { $0 >= 0.001 && $0 <= 1_000 }, "[0.001, 1000]")
        check("base_rate", baseRate, { $0 >= 0 && $0 <= 1 }, "[0, 1]")
        return faults
    }
}
