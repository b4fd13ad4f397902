import DealHealthCore
import HeapModule

/// A stretch of a ranked list, as it was when it was scanned: no gap, no deal twice.
struct Ranking: Sendable {
    /// The list, and in `after` where the stretch begins.
    let query: DealListQuery
    /// Where the settings that it was scored with were put in force.
    let scoringLSN: LSN
    /// In order.
    let entries: [RankedDeal]
    /// Whether nothing comes behind `entries`.
    let isLast: Bool
    /// Deals scored to find it.
    let scoredCount: Int

    /// The entries for the page that `query` asks for; nil when they are not all here, or were scored otherwise.
    func entries(for query: DealListQuery, _ scoring: ScoringVersion) -> ArraySlice<RankedDeal>? {
        guard scoringLSN == scoring.lsn, query.isSameList(as: self.query), let after = query.after else { return nil }
        if let start = self.query.after, after < start { return nil }
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].isAfter(after) { high = middle } else { low = middle + 1 }
        }
        return isLast || entries.count - low > query.limit ? entries[low...] : nil
    }
}

/// Finds the first entries after a position among the deals that it is shown.
struct RankingScan {
    private let query: DealListQuery
    private let scoring: ScoringVersion
    /// Entries to find.
    private let window: Int
    private var kept = Heap<RankedDeal>()
    private var scoredCount = 0

    init(query: DealListQuery, scoring: ScoringVersion, window: Int) {
        self.query = query
        self.scoring = scoring
        self.window = window
    }

    /// Whether a deal that ranks so cannot be among the entries any more.
    func isBeyond(_ rank: Double) -> Bool {
        if kept.count == window, let last = kept.max { return rank > last.rank }
        return false
    }

    /// Scores one deal and keeps it if it is among the first.
    mutating func consider(_ state: DealState, _ deal: DealReference, in table: DealTable) -> Score {
        let score = Score(of: state, at: query.asOf, settings: scoring.settings)
        scoredCount += 1
        let rank = query.order.rank(state, score)
        if isBeyond(rank) || !query.admits(state, score) { return score }
        let entry = RankedDeal(rank: rank, deal: deal, idAddress: table.idAddress(of: deal.slot))
        if let after = query.after, !entry.isAfter(after) { return score }
        kept.insert(entry)
        if kept.count > window { kept.removeMax() }
        return score
    }

    /// What was found.
    func ranking() -> Ranking {
        Ranking(
            query: query, scoringLSN: scoring.lsn, entries: kept.unordered.sorted(), isLast: kept.count < window,
            scoredCount: scoredCount)
    }
}
