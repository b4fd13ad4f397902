import DealHealthCore
import DealHealthEngine

/// A deal as the predecessor showed it.
///
/// Exact, from the deal's state: the score, the confidence, the merchant, `total_verifications` (all events, of every source),
/// `last_verified_at` (the time of the latest evidence) and `raw_verification_signals` (the mass for and against of each source, decayed
/// to `last_verified_at`). Everything else comes from a bounded walk back along the deal's records, see `Walk`.
struct Promotion {
    /// What a walk over the deal's latest records tells. Exact when the walk reached the deal's first event; else
    /// `successful_verifications` is a lower bound, `created_at` an upper one, and a source not met in the walk has no latest time.
    struct Walk {
        private(set) var successes = 0
        private(set) var newest: (source: EvidenceSource, time: Timestamp)?
        private(set) var lastTestAt: Timestamp?
        private(set) var lastCommunityVerificationAt: Timestamp?
        /// When the first and the last of the records walked over were received.
        private(set) var received: ClosedRange<Timestamp>?

        init() {}

        /// - Parameter entries: newest first.
        init(_ entries: [HistoryEntry]) {
            for entry in entries.lazy.map(\.record) {
                guard case .evidence(let source) = entry.kind else { continue }
                if entry.works { successes += 1 }
                if newest.map({ entry.time > $0.time }) ?? true { newest = (source, entry.time) }
                switch source {
                case .automatedTest: lastTestAt = Self.later(lastTestAt, entry.time)
                case .communityVerification:
                    lastCommunityVerificationAt = Self.later(lastCommunityVerificationAt, entry.time)
                case .communityTip: break
                }
            }
            if let first = entries.last, let last = entries.first {
                received = first.record.receivedAt...last.record.receivedAt
            }
        }

        private static func later(_ known: Timestamp?, _ time: Timestamp) -> Timestamp {
            known.map { max($0, time) } ?? time
        }
    }

    let health: DealHealth
    let walk: Walk

    func write(to json: inout JSONWriter) {
        let score = PredecessorScore(health.assessment.score)
        json.beginObject()
        json.key("id")
        json.string(health.dealID)
        json.key("merchant_id")
        if let merchantID = health.state.merchantID { json.integer(merchantID) } else { json.null() }
        // Events carry neither.
        json.key("title")
        json.string("Promotion \(health.dealID)")
        json.key("code")
        json.null()
        json.key("health_score")
        json.integer(score.points)
        json.key("raw_verification_signals")
        writeSignals(to: &json)
        json.key("last_verified_at")
        json.timestamp(health.state.referenceTime)
        json.key("last_verification_source")
        if let newest = walk.newest { json.string(newest.source.eventType) } else { json.null() }
        json.key("total_verifications")
        json.integer(health.state.eventCount)
        json.key("successful_verifications")
        json.integer(walk.successes)
        json.key("last_automated_test_at")
        Self.write(walk.lastTestAt, to: &json)
        json.key("last_community_verification_at")
        Self.write(walk.lastCommunityVerificationAt, to: &json)
        json.key("confidence_score")
        json.share(score.confidence)
        json.key("created_at")
        json.timestamp(walk.received?.lowerBound ?? health.state.referenceTime)
        json.key("updated_at")
        json.timestamp(walk.received?.upperBound ?? health.state.referenceTime)
        json.endObject()
    }

    private func writeSignals(to json: inout JSONWriter) {
        json.beginObject()
        json.key("automated_test")
        Self.write(health.state.automatedTest, to: &json)
        json.key("community_verification")
        Self.write(health.state.communityVerification, to: &json)
        json.key("community_tip")
        Self.write(health.state.communityTip, to: &json)
        json.endObject()
    }

    private static func write(_ evidence: Evidence, to json: inout JSONWriter) {
        json.beginObject()
        json.key("positive")
        json.number(evidence.positive)
        json.key("negative")
        json.number(evidence.negative)
        json.endObject()
    }

    private static func write(_ time: Timestamp?, to json: inout JSONWriter) {
        if let time { json.timestamp(time) } else { json.null() }
    }
}
