import RealModule

/// How likely the deal is to work at one instant, and the word for it.
public struct Forecast: Sendable, Equatable {
    /// The probability that an automated test passes, [`deadAnswer`, `ForecastState.passRateMax`].
    public var worksProbability: Double
    public var status: DealStatus

    /// What is answered for a deal that is surely dead: fewer of these tests pass than the filter assumes, which is careful.
    static let deadAnswer = 0.025
    /// Decayed mass of verifications, and of tips, at which they have half their influence.
    static let verificationHalfMass = 0.2
    static let tipHalfMass = 4.0

    /// The forecast for `state` at `time` (a time before the state's reference time counts as that time); O(1), three `exp`.
    ///
    /// - Parameter confidence: `Score.confidence` at that time.
    public init(of state: DealState, at time: Timestamp, confidence: Double, settings: ScoringSettings) {
        worksProbability = Self.worksProbability(of: state, at: time, settings: settings)
        if confidence < DealStatus.confidenceMin {
            status = .unknown
        } else {
            status = state.status.next(worksProbability, since: state.statusMinute, at: max(time, state.referenceTime))
        }
    }

    /// `q'·ρ + (1 - q')·d₀`, where q' is q with its log-odds shifted by what the community says.
    ///
    /// **Influence bound.** Either sort's part of the shift is `τ·(P - N)/(P + N + κ)`, less than its τ whatever the number of events, and
    /// a shift by δ moves a probability by at most `tanh(|δ|/4)`. So all verifications together move the answer by at most
    /// `0.89·tanh(τ/4)` (0.412 by default) and all tips by at most 0.089; from any set to any other at most `0.89·tanh(τ/2)`.
    static func worksProbability(of state: DealState, at time: Timestamp, settings: ScoringSettings) -> Double {
        let parts = Parts(of: state, at: time, settings: settings)
        let shifted =
            parts.communityShift == 0
            ? parts.aliveProbability : shifted(parts.aliveProbability, by: parts.communityShift)
        return shifted * parts.passRate + (1 - shifted) * deadAnswer
    }

    /// What the probability is made of.
    public struct Parts: Sendable {
        /// q, by the tests alone.
        public var aliveProbability: Double
        /// What verifications and tips add to its log-odds.
        public var communityShift: Double
        /// ρ
        public var passRate: Double

        public init(of state: DealState, at time: Timestamp, settings: ScoringSettings) {
            let days = time > state.referenceTime ? time.days(since: state.referenceTime) : 0
            aliveProbability = state.forecast.aliveProbability(after: days, settings)
            communityShift = Forecast.communityShift(of: state, at: time, settings: settings)
            passRate = state.forecast.passRate
        }
    }

    private static func shifted(_ q: Double, by shift: Double) -> Double {
        let odds = q * Double.exp(shift)
        return odds / (odds + 1 - q)
    }

    /// The part of the log-odds that verifications and tips make, in (-τ_verification - τ_tip, τ_verification + τ_tip).
    static func communityShift(of state: DealState, at time: Timestamp, settings: ScoringSettings) -> Double {
        let (verification, tip) = (state.communityVerification, state.communityTip)
        if verification.mass == 0, tip.mass == 0 { return 0 }
        let decay = state.decay(to: time, settings)
        func part(_ evidence: Evidence, _ limit: Double, _ halfMass: Double) -> Double {
            limit * decay * (evidence.positive - evidence.negative) / (decay * evidence.mass + halfMass)
        }
        return part(verification, settings.verificationInfluence, verificationHalfMass)
            + part(tip, settings.tipInfluence, tipHalfMass)
    }
}
