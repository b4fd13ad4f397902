import DealHealthCore

/// What the score of a merchant's new deal begins with: its merchant's record (F3 of the scoring notes), instead of a flat base rate.
///
/// The record is the weighted, decayed evidence of the merchant's newest deals, at most `dealsMax` of them. It is kept for a while: the prior
/// that a deal got is in the log with its first event, so nothing depends on when it was worked out.
final class MerchantPriors: Sendable {
    private struct Kept {
        var merchantID: Int64
        var dealCount: Int
        var minute: UInt32
        var prior: UInt16
    }

    /// What is kept, of one set of settings.
    private struct Memory {
        var settings = ScoringSettings()
        var priors: [Kept?] = Array(repeating: nil, count: keptCount)
    }

    /// Deals looked at: enough to know a merchant by, and some microseconds.
    private static let dealsMax = 64
    /// Merchants remembered, 32 bytes each: 12 bits of a hash.
    private static let keptCount = 4_096
    /// How long a prior is kept, minutes of the events' time, and while how many new deals, as a share of those that there were.
    private static let minutesKept: UInt32 = 60
    private static let growthKept = 8

    private let tables: [DealTable]
    private let merchants: MerchantIndex
    private let kept = Locked(Memory())

    init(tables: [DealTable], merchants: MerchantIndex) {
        self.tables = tables
        self.merchants = merchants
    }

    /// The prior of a deal that begins at `time`, in hundredths of a point; nil when the merchant has no deals, or has no say.
    func prior(of merchantID: Int64, at time: Timestamp, settings: ScoringSettings) -> UInt16? {
        if settings.merchantPriorStrength == .infinity { return nil }
        let place = Int(truncatingIfNeeded: (UInt64(bitPattern: merchantID) &* 0x9E37_79B9_7F4A_7C15) >> 52)
        return kept.withLock { kept in
            if kept.settings != settings { kept = Memory(settings: settings) }
            let dealCount = merchants.dealCount(of: merchantID)
            if dealCount == 0 { return nil }
            if let entry = kept.priors[place], entry.merchantID == merchantID,
                dealCount - entry.dealCount <= entry.dealCount / Self.growthKept, dealCount >= entry.dealCount,
                time.minute >= entry.minute, time.minute - entry.minute < Self.minutesKept
            {
                return entry.prior
            }
            let prior = record(of: merchantID, at: time, settings: settings)
            kept.priors[place] = Kept(merchantID: merchantID, dealCount: dealCount, minute: time.minute, prior: prior)
            return prior
        }
    }

    private func record(of merchantID: Int64, at time: Timestamp, settings: ScoringSettings) -> UInt16 {
        var (positive, mass) = (0.0, 0.0)
        for deal in merchants.newestDeals(of: merchantID, countMax: Self.dealsMax) {
            guard let state = tables[deal.partition.index].state(at: deal.slot) else { continue }
            let evidence = WeightedEvidence(of: state, at: time, settings: settings)
            positive += evidence.positive
            mass += evidence.positive + evidence.negative
        }
        let strength = settings.merchantPriorStrength
        let rate = (positive + strength * settings.baseRate) / (mass + strength)
        return UInt16((rate * 10_000).rounded())
    }
}
