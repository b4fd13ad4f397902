public import DealHealthCore

/// What a ranked list holds.
public struct DealListQuery: Sendable {
    /// What the list is ordered by.
    public enum Order: String, Sendable, CaseIterable {
        /// Lower bound of the interval, best first: little evidence does not rank high.
        case best
        /// Upper bound of the interval, worst first: little evidence does not rank low.
        case worst
        /// Time of the latest evidence, newest first.
        case recent
    }

    /// Health scores in [minScore, maxScore], points.
    public var minScore = 0.0
    public var maxScore = 100.0
    public var merchantID: Int64?
    public var order = Order.best
    /// [1, Limits.pageSizeMax].
    public var limit = 50
    /// The instant that scores are of: the same for all pages of one list.
    public var asOf: Timestamp
    /// The last entry of the page before.
    public var after: DealListPosition?

    public init(asOf: Timestamp) {
        self.asOf = asOf
    }
}

/// A place in a ranked list: rank first, then deal id, so that equal ranks have an order.
public struct DealListPosition: Sendable, Comparable {
    /// Smaller comes first.
    public var rank: Double
    public var dealID: String

    public init(rank: Double, dealID: String) {
        self.rank = rank
        self.dealID = dealID
    }

    public static func < (lhs: DealListPosition, rhs: DealListPosition) -> Bool {
        lhs.rank == rhs.rank ? lhs.dealID.utf8.lexicographicallyPrecedes(rhs.dealID.utf8) : lhs.rank < rhs.rank
    }
}

/// A page of a ranked list.
public struct DealListPage: Sendable {
    public var deals: [DealHealth]
    /// Where the next page goes on; nil at the end.
    public var next: DealListPosition?
    /// Deals scored to find the page's: what it cost.
    var scoredCount = 0
}

extension Engine {
    /// A page of the ranked list; reads published states only, so it blocks no shard. See `RankedLists.page`.
    public func list(_ query: DealListQuery) async -> DealListPage {
        await lists.page(query)
    }
}

extension Engine {
    /// A page of a merchant's list as it was at `query.asOf`; `query.merchantID` MUST be given. Throws as `pastDeals`.
    public func pastList(_ query: DealListQuery) async throws -> DealListPage {
        guard let merchantID = query.merchantID else { preconditionFailure("the past of one merchant") }
        var ranked: [(position: DealListPosition, health: DealHealth)] = []
        for deal in try await pastDeals(ofMerchant: merchantID, at: query.asOf) {
            let health = deal.health(at: query.asOf)
            let position = DealListPosition(
                rank: query.order.rank(deal.state, health.assessment.score), dealID: deal.dealID)
            if query.admits(deal.state, health.assessment.score), query.after.map({ position > $0 }) ?? true {
                ranked.append((position, health))
            }
        }
        ranked.sort { $0.position < $1.position }
        var page = DealListPage(deals: ranked.prefix(query.limit).map(\.health))
        if ranked.count > query.limit { page.next = ranked[query.limit - 1].position }
        return page
    }
}

extension DealListQuery.Order {
    /// A deal's place in this order: smaller comes first.
    func rank(_ state: DealState, _ score: Score) -> Double {
        switch self {
        case .best: -score.lowerBound
        case .worst: score.upperBound
        case .recent: -Double(state.referenceTime.microseconds)
        }
    }
}

extension DealListQuery {
    /// Whether the list holds a deal in this state.
    func admits(_ state: DealState, _ score: Score) -> Bool {
        if let merchantID, state.merchantID != merchantID { return false }
        return score.healthScore >= minScore && score.healthScore <= maxScore
    }

    /// Whether the pages of both are of the same list of all deals.
    func isSameList(as other: DealListQuery) -> Bool {
        order == other.order && asOf == other.asOf && minScore == other.minScore && maxScore == other.maxScore
            && merchantID == other.merchantID
    }
}
