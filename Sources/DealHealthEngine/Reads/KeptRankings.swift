import DealHealthCore

/// The stretches of ranked lists that crawls are in the middle of, the least recently used given up first. The lock is held for
/// a search of few; what it gives out is shared, not copied.
final class KeptRankings: Sendable {
    private struct Kept {
        /// Least recently used first, one of each list.
        var rankings: [Ranking] = []
        /// Changes when all are given up.
        var generation = 0
    }

    private let kept = Locked(Kept())

    /// The ranking, made with these scoring settings, that holds the page asked for.
    func find(_ query: DealListQuery, _ scoring: ScoringVersion) -> (ranking: Ranking, entries: ArraySlice<RankedDeal>)?
    {
        kept.withLock { kept in
            for (index, ranking) in kept.rankings.enumerated() {
                guard let entries = ranking.entries(for: query, scoring) else { continue }
                kept.rankings.append(kept.rankings.remove(at: index))
                return (ranking, entries)
            }
            return nil
        }
    }

    /// To be asked for before a scan begins, and handed to `keep`.
    var generation: Int {
        kept.withLock { $0.generation }
    }

    /// Gives all up, also those that are being scanned.
    func clear() {
        kept.withLock { kept in
            kept.rankings.removeAll()
            kept.generation += 1
        }
    }

    /// Keeps `ranking` in place of an earlier stretch of the same list, unless all were given up since `generation`.
    func keep(_ ranking: Ranking, since generation: Int) {
        kept.withLock { kept in
            if kept.generation != generation { return }
            kept.rankings.removeAll { $0.query.isSameList(as: ranking.query) }
            kept.rankings.append(ranking)
            if kept.rankings.count > Limits.rankingsKeptMax { kept.rankings.removeFirst() }
        }
    }
}
