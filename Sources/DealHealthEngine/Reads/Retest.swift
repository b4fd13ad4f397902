public import DealHealthCore

/// A deal that a test would tell much about, for many.
public struct RetestCandidate: Sendable {
    public var health: DealHealth
    /// Reads a second, estimated; of a deal that is not among those read most, one a day.
    public var readsPerSecond: Double
    /// Reads a second × p(1 - p)/(R + S + W + 1): the variance of a Beta distribution times traffic (F14 of the scoring notes).
    public var priority: Double
}

extension Engine {
    /// Reads a second of a deal that is not among those read most: one a day.
    private static let readsUnknown = 1.0 / 86_400

    /// The deals to test next, the most worthwhile first, at most `limit`.
    ///
    /// Looks at those that are read most now, and at an even sample of all others, `Limits.retestSampleMax` of them, so that what nobody reads
    /// is tested once in a while. Never waits for a writer.
    public func retest(limit: Int, at time: Timestamp) -> [RetestCandidate] {
        let settings = scoring.settings
        var candidates: [RetestCandidate] = []
        func consider(_ dealID: UnsafeRawBufferPointer, _ state: DealState, _ readsPerSecond: Double) {
            let health = DealHealth(
                dealID: String(decoding: dealID, as: UTF8.self), state: state,
                assessment: Assessment(of: state, at: time, settings: settings))
            let evidence = WeightedEvidence(of: state, at: time, settings: settings)
            let p = health.assessment.forecast.worksProbability
            let strength = evidence.positive + evidence.negative + settings.priorStrength + 1
            candidates.append(
                RetestCandidate(
                    health: health, readsPerSecond: readsPerSecond, priority: readsPerSecond * p * (1 - p) / strength))
        }
        var hot: Set<String> = []
        for entry in hotReads.top(HeavyHitters.capacity, at: time) {
            var dealID = entry.dealID
            dealID.withUTF8 { bytes in
                let bytes = UnsafeRawBufferPointer(bytes)
                guard let state = state(of: bytes) else { return }
                hot.insert(entry.dealID)
                consider(bytes, state, max(entry.perSecond, Self.readsUnknown))
            }
        }
        let total = tables.reduce(0) { $0 + $1.count }
        let stride = max(1, (total + Limits.retestSampleMax - 1) / Limits.retestSampleMax)
        // Other ones each minute, so that all have their turn.
        let first = Int(time.minute) % stride
        for table in tables {
            for slot in Swift.stride(from: first, to: table.count, by: stride) {
                guard let state = table.state(at: slot) else { continue }
                let dealID = table.id(at: slot)
                if hot.contains(String(decoding: dealID, as: UTF8.self)) { continue }
                consider(dealID, state, Self.readsUnknown)
            }
        }
        candidates.sort { ($0.priority, $1.health.dealID) > ($1.priority, $0.health.dealID) }
        return Array(candidates.prefix(limit))
    }
}
