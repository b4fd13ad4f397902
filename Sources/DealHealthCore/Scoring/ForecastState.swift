import RealModule

/// What the forecast keeps of a deal's automated tests: 8 bytes, updated in O(1) by each test.
///
/// **The model.** A deal is alive or dead, which nobody sees. It dies at a rate h and revives at a rate r (a two-state Markov chain), and
/// while it is alive a test passes at the deal's own rate ρ: some deals work for a part of carts only, and tests are flaky. `q` is the
/// probability that it is alive (the forward filter of a hidden Markov model: Rabiner 1989), `a` and `b` are the passes and failures
/// seen while it was (the counts of a Beta distribution with prior A, B), each weighed by the belief that it was.
///
/// Verifications and tips are not folded in: they shift `q` when it is read, by no more than `ScoringSettings` allows, see `Forecast`.
///
/// q is a multiple of 2^-32, a and b are multiples of 2^-10, rounded with each test. A coarser q would freeze: each piece of evidence moves
/// the reference time, so q relaxes in steps, and a step that is rounded away is lost.
public struct ForecastState: Sendable, Equatable {
    /// q in units of 2^-32.
    var alive: UInt32
    /// a and b in units of 2^-10.
    var passes: UInt16
    var failures: UInt16

    private static let aliveUnit = 1.0 / 4_294_967_296
    private static let countUnit = 1.0 / 1_024

    /// Beliefs of a deal before its first test. The constants were fitted to a year of seeded noise and judged on other seeds
    /// (`Bench/quality`).
    static let initialAlive = 0.85
    /// Bounds of q after a test: a few results must be able to turn the belief.
    static let aliveRange = 0.000_4...0.995
    /// A and B: a working deal passes six of eight tests, before more is known.
    static let priorPasses = 6.0
    static let priorFailures = 1.75
    /// No deal passes more often: tests fail by themselves.
    static let passRateMax = 0.915
    /// How often a test of a dead deal passes all the same.
    static let deadPassRate = 0.08
    /// Tests remembered in a and b, at most.
    static let memoryMax = 60.0
    /// What a test adds to them, at q = 1.
    static let learningStep = 1.5
    /// Below this q nothing is learnt about the rate of the living.
    static let learningGate = 0.2
    /// An alarm: q falls below this…
    static let alarmBelow = 0.1
    /// … and must have been here since the last.
    static let armedFrom = 0.5

    /// The state before the first test.
    public init() {
        self.init(alive: Self.initialAlive, passes: 0, failures: 0)
    }

    init(alive: Double, passes: Double, failures: Double) {
        self.alive = UInt32((alive / Self.aliveUnit).rounded())
        self.passes = UInt16((passes / Self.countUnit).rounded())
        self.failures = UInt16((failures / Self.countUnit).rounded())
    }

    /// The state as one word: q, a, b from the low bits up.
    public init(word: UInt64) {
        alive = UInt32(truncatingIfNeeded: word)
        passes = UInt16(truncatingIfNeeded: word >> 32)
        failures = UInt16(truncatingIfNeeded: word >> 48)
    }

    public var word: UInt64 {
        UInt64(alive) | UInt64(passes) << 32 | UInt64(failures) << 48
    }

    /// q: the probability that the deal is alive, at the state's reference time, (0, 1).
    public var aliveProbability: Double {
        Double(alive) * Self.aliveUnit
    }

    /// ρ: how often a test passes while the deal is alive, (`deadPassRate`, `passRateMax`].
    public var passRate: Double {
        let (passes, failures) = (Double(passes) * Self.countUnit, Double(failures) * Self.countUnit)
        let rate = (Self.priorPasses + passes) / (Self.priorPasses + Self.priorFailures + passes + failures)
        return min(Self.passRateMax, rate)
    }

    /// q `days` after the reference time, [0, ∞): it relaxes to `r/(h + r)` at the rate `h + r`.
    func aliveProbability(after days: Double, _ settings: ScoringSettings) -> Double {
        let rest = settings.aliveAtRest
        return days == 0 ? aliveProbability : rest + (aliveProbability - rest) * Double.exp(-settings.turnRate * days)
    }

    /// Moves the reference time forward by `days`.
    mutating func relax(by days: Double, _ settings: ScoringSettings) {
        alive = UInt32((aliveProbability(after: days, settings) / Self.aliveUnit).rounded())
    }

    /// Folds in a test made `daysLate` before the reference time, [0, ∞).
    ///
    /// A late one says less of the present: `P(y | state at the reference time)` mixes both likelihoods by how likely the deal has turned
    /// since, which is exact for one late test after which nothing else is known (the chain is reversible); what was
    /// folded in between is not folded again.
    mutating func fold(works: Bool, daysLate: Double, _ settings: ScoringSettings) {
        let (q, rate, rest) = (aliveProbability, passRate, settings.aliveAtRest)
        let ifAlive = works ? rate : 1 - rate
        let ifDead = works ? Self.deadPassRate : 1 - Self.deadPassRate
        let kept = daysLate == 0 ? 1 : Double.exp(-settings.turnRate * daysLate)
        let seenAlive = ifDead + (ifAlive - ifDead) * (rest + (1 - rest) * kept)
        let seenDead = ifDead + (ifAlive - ifDead) * rest * (1 - kept)
        let posterior = q * seenAlive / (q * seenAlive + (1 - q) * seenDead)
        let after = min(max(posterior, Self.aliveRange.lowerBound), Self.aliveRange.upperBound)
        var (passes, failures) = (Double(passes) * Self.countUnit, Double(failures) * Self.countUnit)
        if after >= Self.learningGate {
            if works {
                passes += Self.learningStep * kept * after
            } else {
                failures += Self.learningStep * kept * after
            }
            let scale = min(1, Self.memoryMax / (passes + failures))
            passes *= scale
            failures *= scale
        }
        self = ForecastState(alive: after, passes: passes, failures: failures)
    }
}

extension ScoringSettings {
    /// h + r, per day.
    var turnRate: Double {
        deathRatePerDay + revivalRatePerDay
    }

    /// r/(h + r): the probability of being alive that no news leads to.
    var aliveAtRest: Double {
        revivalRatePerDay / turnRate
    }
}
