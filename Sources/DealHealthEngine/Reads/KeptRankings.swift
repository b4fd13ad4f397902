import DealHealthCore

/// The stretches of ranked lists that crawls are in the middle of, the least recently used given up first. The lock is held for
/// a search of few; what it gives out is shared, not copied.
final class KeptRankings: Sendable {
    /// Least recently used first, one of each list.
    private let rankings = Locked<[Ranking]>([])

    /// The ranking, made with these scoring settings, that holds the page asked for.
    func find(_ query: DealListQuery, _ scoring: ScoringVersion) -> (ranking: Ranking, entries: ArraySlice<RankedDeal>)?
    {
        rankings.withLock { rankings in
            for (index, ranking) in rankings.enumerated() {
                guard let entries = ranking.entries(for: query, scoring) else { continue }
                rankings.append(rankings.remove(at: index))
                return (ranking, entries)
            }
            return nil
        }
    }

    /// Keeps `ranking` in place of an earlier stretch of the same list.
    func keep(_ ranking: Ranking) {
        rankings.withLock { rankings in
            rankings.removeAll { $0.query.isSameList(as: ranking.query) }
            rankings.append(ranking)
            if rankings.count > Limits.rankingsKeptMax { rankings.removeFirst() }
        }
    }
}
