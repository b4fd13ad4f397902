public import DealHealthCore

/// A deal as its evidence was at some time: what is dated later does not count, what came late does.
public struct PastDeal: Sendable {
    public var dealID: String
    public var state: DealState
    /// The scoring settings in force at that time, or the first, if it is before all.
    public var settings: ScoringSettings

    /// What is told of it at `time`.
    public func health(at time: Timestamp) -> DealHealth {
        DealHealth(
            dealID: dealID, state: state, assessment: Assessment(of: state, at: time, settings: settings))
    }
}

extension Engine {
    /// The deal as it was at `time`; nil when it had no events by then. O(1) when it has none since, else O(its events).
    ///
    /// Its records are folded again in log order, each with the settings of its position. Throws `notRetained` when the log no longer
    /// holds them all, or there are more than `Limits.pastRecordsMax`; `busy` when too many read the log.
    public func past(of dealID: [UInt8], at time: Timestamp) async throws -> PastDeal? {
        guard let state = dealID.withUnsafeBytes({ self.state(of: $0) }) else { return nil }
        return try await pastDeals([(dealID, state)], at: time).first
    }

    /// The merchant's deals as they were at `time`, those with events by then; those that have another merchant now are not among them.
    ///
    /// Throws as `past(of:at:)`, and `tooMany` when there are more than `Limits.dealsPerReadMax`.
    public func pastDeals(ofMerchant merchantID: Int64, at time: Timestamp) async throws -> [PastDeal] {
        let references = lists.merchants.deals(of: merchantID)
        guard references.count <= Limits.dealsPerReadMax else {
            throw EngineError(
                .tooMany,
                "the past of at most \(Limits.dealsPerReadMax) deals can be read at once; this merchant has more")
        }
        let deals = references.compactMap { reference -> (id: [UInt8], state: DealState)? in
            let table = tables[reference.partition.index]
            return table.state(at: reference.slot).map { (Array(table.id(at: reference.slot)), $0) }
        }
        return try await pastDeals(deals, at: time)
    }

    private func pastDeals(_ deals: [(id: [UInt8], state: DealState)], at time: Timestamp) async throws -> [PastDeal] {
        let log = self.log
        return try await readers.run {
            var found: [PastDeal] = []
            try LogWalk.read(log) { walk in
                let settings = try walk.settings(at: time)
                for deal in deals {
                    var state: DealState? = deal.state
                    if deal.state.referenceTime > time { state = try walk.state(of: deal.state, at: time) }
                    guard let state else { continue }
                    found.append(
                        PastDeal(dealID: String(decoding: deal.id, as: UTF8.self), state: state, settings: settings))
                }
            }
            return found
        }
    }
}
