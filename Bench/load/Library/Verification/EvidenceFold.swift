import DealHealthCore
import Foundation

/// The score of DESIGN §4, straight from its formulas: every piece of evidence is decayed from its own time to the read's and the sums
/// are made anew. Shares no code with the server, so that what they agree on is not one mistake made twice.
///
/// The members are the parameters of the score, under the names that `GET /v1/scoring` has for them.
public struct EvidenceFold: Codable, Sendable, Equatable {
    public var decayRatePerDay = 0.1
    public var automatedTestWeight = 0.6
    public var communityVerificationWeight = 0.3
    public var communityTipWeight = 0.1
    /// nil is no cap.
    public var automatedTestCap: Double?
    public var communityVerificationCap: Double? = 20
    public var communityTipCap: Double? = 10
    public var priorStrength = 1.0
    public var baseRate = 0.5

    public init() {}

    /// One piece of evidence.
    public struct Piece: Sendable, Equatable {
        public enum Source: Sendable {
            case automatedTest
            case communityVerification
            case communityTip
        }

        public var source: Source
        public var works: Bool
        /// m, [0, 1].
        public var mass: Double
        /// Before the instant of the score; days, >= 0.
        public var ageDays: Double

        public init(source: Source, works: Bool, mass: Double, ageDays: Double) {
            self.source = source
            self.works = works
            self.mass = mass
            self.ageDays = ageDays
        }
    }

    /// What a read must say.
    public struct Expectation: Sendable, Equatable {
        /// Points, [0, 100].
        public var healthScore: Double
        /// [0, 1]
        public var confidence: Double
    }

    /// Scores the evidence; O(pieces), in any order.
    public func score(_ pieces: some Sequence<Piece>) -> Expectation {
        // By source: tests, verifications, tips.
        var positive = [0.0, 0.0, 0.0]
        var negative = [0.0, 0.0, 0.0]
        for piece in pieces {
            let decayed = piece.mass * exp(-decayRatePerDay * piece.ageDays)
            let source =
                switch piece.source {
                case .automatedTest: 0
                case .communityVerification: 1
                case .communityTip: 2
                }
            if piece.works { positive[source] += decayed } else { negative[source] += decayed }
        }
        let weights = [automatedTestWeight, communityVerificationWeight, communityTipWeight]
        let caps = [automatedTestCap, communityVerificationCap, communityTipCap]
        var works = 0.0
        var fails = 0.0
        for source in 0..<3 {
            let mass = positive[source] + negative[source]
            let scale = if let cap = caps[source], mass > cap { cap / mass } else { 1.0 }
            works += scale * weights[source] * positive[source]
            fails += scale * weights[source] * negative[source]
        }
        let all = works + fails + priorStrength
        return Expectation(
            healthScore: 100 * (works + priorStrength * baseRate) / all, confidence: (works + fails) / all)
    }
}
