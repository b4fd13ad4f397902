public import DealHealthCore
import HeapModule

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
}

extension Engine {
    /// A page of the ranked list; reads published states only, so it blocks no shard.
    ///
    /// O(deals of the merchant), or O(all deals) without one; yields between partitions.
    public func list(_ query: DealListQuery) async -> DealListPage {
        precondition(query.limit > 0 && query.limit <= Limits.pageSizeMax, "a page has a size")
        var ranking = Ranking(query: query, scoring: scoring)
        if let merchantID = query.merchantID {
            for deal in merchants.deals(of: merchantID) {
                ranking.consider(tables[deal.partition.index], deal.slot)
            }
        } else {
            for table in tables {
                for slot in 0..<table.count { ranking.consider(table, slot) }
                await Task.yield()
            }
        }
        return ranking.page()
    }
}

/// Keeps the first entries of a ranked list, and one more to know whether there is another page.
private struct Ranking {
    private struct Entry: Comparable {
        var position: DealListPosition
        var health: DealHealth

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.position < rhs.position
        }

        static func == (lhs: Entry, rhs: Entry) -> Bool {
            lhs.position == rhs.position
        }
    }

    let query: DealListQuery
    let scoring: ScoringSettings
    private var kept = Heap<Entry>()

    init(query: DealListQuery, scoring: ScoringSettings) {
        self.query = query
        self.scoring = scoring
    }

    mutating func consider(_ table: DealTable, _ slot: Int) {
        guard let state = table.state(at: slot) else { return }
        if let merchantID = query.merchantID, state.merchantID != merchantID { return }
        let score = Score(of: state, at: query.asOf, settings: scoring)
        guard score.healthScore >= query.minScore, score.healthScore <= query.maxScore else { return }
        let rank =
            switch query.order {
            case .best: -score.lowerBound
            case .worst: score.upperBound
            case .recent: -Double(state.referenceTime.microseconds)
            }
        if let after = query.after, rank < after.rank { return }
        if kept.count > query.limit, let last = kept.max, rank > last.position.rank { return }
        let dealID = String(decoding: table.id(at: slot), as: UTF8.self)
        let position = DealListPosition(rank: rank, dealID: dealID)
        if let after = query.after, position <= after { return }
        kept.insert(Entry(position: position, health: DealHealth(dealID: dealID, state: state, score: score)))
        if kept.count > query.limit + 1 { kept.removeMax() }
    }

    func page() -> DealListPage {
        let ordered = kept.unordered.sorted()
        let entries = ordered.prefix(query.limit)
        return DealListPage(
            deals: entries.map(\.health), next: ordered.count > query.limit ? entries.last?.position : nil)
    }
}
