import DealHealthCore
import Foundation

/// The score by its definition (DESIGN §4), from the whole list of events: no sums kept, nothing shared with the code
/// under test. Points, as in `Score`.
struct BruteForceScore {
    var healthScore: Double
    var confidence: Double
    var lowerBound: Double
    var upperBound: Double
    /// M of each source: its capped and weighted mass.
    var mass: [EvidenceSource: Double] = [:]
    /// W + ΣM.
    var total: Double

    init(_ events: [ScoredEvent], at time: Timestamp, settings: ScoringSettings) {
        // A read before the latest event is a read at that event.
        let readTime = max(time, events.map(\.time).max() ?? time)
        func decayed(_ event: ScoredEvent) -> Double {
            let age = Double(readTime.microseconds - event.time.microseconds) / (24 * 3_600 * 1e6)
            return event.mass * exp(-settings.decayRatePerDay * age)
        }
        let weights: [EvidenceSource: Double] = [
            .automatedTest: settings.automatedTestWeight, .communityTip: settings.communityTipWeight,
            .communityVerification: settings.communityVerificationWeight,
        ]
        let caps: [EvidenceSource: Double] = [
            .automatedTest: settings.automatedTestCap, .communityTip: settings.communityTipCap,
            .communityVerification: settings.communityVerificationCap,
        ]

        // Every observation with the weight that it has in the end: c·ω·m·e^(-λ·age); the prior is one of weight W.
        var observations: [(weight: Double, outcome: Double)] = [(settings.priorStrength, settings.baseRate)]
        for (source, weight) in weights {
            let own = events.filter { $0.source == source }
            let mass = own.map(decayed).reduce(0, +)
            let scale = weight * (mass > 0 ? min(1, caps[source]! / mass) : 1)
            observations += own.map { (decayed($0) * scale, $0.works ? 1 : 0) }
            self.mass[source] = mass * scale
        }
        total = observations.map(\.weight).reduce(0, +)
        let p = observations.map { $0.weight * $0.outcome }.reduce(0, +) / total
        healthScore = 100 * p
        confidence = (total - settings.priorStrength) / total

        // Kish, then Wilson as the roots of (p - x)² = z²·x(1 - x)/n.
        let n = total * total / observations.map { $0.weight * $0.weight }.reduce(0, +)
        let zz = 1.645 * 1.645
        let root = (zz * zz + 4 * n * zz * p * (1 - p)).squareRoot()
        lowerBound = 100 * min(p, max(0, (2 * n * p + zz - root) / (2 * (n + zz))))
        upperBound = 100 * max(p, min(1, (2 * n * p + zz + root) / (2 * (n + zz))))
    }
}

/// Whether two numbers agree to `relative`, or to `absolute` where both are next to nothing.
func isClose(_ lhs: Double, _ rhs: Double, relative: Double = 1e-9, absolute: Double = 1e-10) -> Bool {
    abs(lhs - rhs) <= max(relative * max(abs(lhs), abs(rhs)), absolute)
}
