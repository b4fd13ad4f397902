import RealModule

/// What the evidence says of a deal at one instant.
public struct Score: Sendable, Equatable {
    /// 100·(R + W·a)/(R + S + W), points in [0, 100].
    public var healthScore: Double
    /// (R + S)/(R + S + W), [0, 1].
    public var confidence: Double
    /// Bounds of the 90 % interval, points; `lowerBound <= healthScore <= upperBound`.
    public var lowerBound: Double
    public var upperBound: Double

    /// The two-sided 90 % quantile of the normal distribution.
    private static let z = 1.645

    /// The most points that `lowerBound` or `upperBound` of one state moves while its evidence decays by a factor e:
    /// `|bound(t) - bound(t')| <= boundDriftMax · λ · |t - t'|` for any two instants, so a bound known at one instant limits
    /// it at every other.
    ///
    /// Proof, with `u = λt`, the bound L as a fraction and `y = z²/n`: of `p = A/T`, the part that decays, of mass m of T, pulls
    /// p by at most `m(T - m)/T² <= 1/4`; `T'/T` is in [-1, 0] and `(Σ²)'/Σ²` in [-2, 0], so `|y'/y| <= 2`. L solves
    /// `(p - L)² = yL(1 - L)`, hence `∂L/∂p = (1 - y(1 - 2p)/(2s))/(1 + y)` with `s² = yp(1 - p) + y²/4 >= (y(1 - 2p)/2)²`,
    /// which is in [0, 2], and `|y·∂L/∂y| <= L(1 - L) <= 1/4`. So `|L'| <= 2·1/4 + 1/4·2 = 1`. A cap holds its source's
    /// share still until the mass is below it, and the clamps join pieces that hold it each. A search over all inputs finds
    /// 50; the proof's 100 is kept, for the slack costs little.
    static let boundDriftMax = 100.0

    /// Scores `state` at `time` (a time before the state's reference time counts as that time); O(1), one `exp`.
    ///
    /// The interval is Wilson's (1927) around the health score at Kish's effective sample size of the very weights
    /// that make the score, the prior counted as one more observation of weight W:
    /// `n = (R + S + W)² / (Σ (c·ω)²·Q + W²)`. Without the prior's term, (P+N)²/Q does not change when all weights decay
    /// alike, and a deal last seen a year ago would keep its narrow interval. So the interval always holds the score,
    /// and widens as the evidence ages (as long as no cap applies, and no single weight is above W).
    public init(of state: DealState, at time: Timestamp, settings: ScoringSettings) {
        let evidence = WeightedEvidence(of: state, at: time, settings: settings)
        let (positive, negative) = (evidence.positive, evidence.negative)
        let prior = settings.priorStrength
        let total = positive + negative + prior
        let baseRate = state.baseRate(settings)
        let p = (positive + prior * baseRate) / total
        healthScore = 100 * p
        confidence = (positive + negative) / total

        let n = total * total / (evidence.squares + prior * prior)
        let zz = Self.z * Self.z
        let center = p + zz / (2 * n)
        let halfWidth = Self.z * (p * (1 - p) / n + zz / (4 * n * n)).squareRoot()
        let scale = 1 + zz / n
        lowerBound = 100 * max(0, min(p, (center - halfWidth) / scale))
        upperBound = 100 * min(1, max(p, (center + halfWidth) / scale))
    }

    /// The health score in hundredths of a point, [0, 10000], rounded to nearest.
    public var healthScoreHundredths: UInt16 {
        UInt16((healthScore * 100).rounded())
    }
}

extension ScoringSettings {
    /// The most points that `Score.lowerBound` or `upperBound` of one state moves in a day.
    public var boundDriftPerDay: Double {
        Score.boundDriftMax * decayRatePerDay
    }
}
