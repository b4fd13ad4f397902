import DealHealthCore
import HeapModule

/// Ranked lists over the published tables; on any thread, blocking nobody.
struct RankedLists: Sendable {
    let tables: [DealTable]
    let merchants: MerchantIndex
    let scoring: ScoringInForce
    private let kept = KeptRankings()

    /// Blocks scored, and blocks' bounds looked at, before other tasks get their turn: each about a millisecond.
    private static let blocksPerTurn = 256
    private static let boundsPerTurn = 65_536
    /// Entries kept for each block before a page: each may add a block to score, so the second page costs at most some eight
    /// times the first.
    private static let keptPerBlock = 8

    init(tables: [DealTable], merchants: MerchantIndex, scoring: ScoringInForce) {
        self.tables = tables
        self.merchants = merchants
        self.scoring = scoring
    }

    /// The page that `query` asks for.
    ///
    /// All scores are of `query.asOf`, of the states as they are when they are read. An event that was acknowledged before the call
    /// counts. A deal that gets an event between its ranking and the making of the page is shown where it was ranked, in
    /// its new state, or not at all if it is no longer of the list. Pages of one kept ranking show no deal twice; where a new one begins, a
    /// deal that moved meanwhile may come again, or not at all.
    ///
    /// A merchant's list: O(deals of the merchant). Of all deals, the first page: O(blocks), and scores those few blocks
    /// that can have one of the first entries. Later ones score what lies before them too, and so keep more entries
    /// than the page has, for the pages that follow.
    func page(_ query: DealListQuery) async -> DealListPage {
        precondition(query.limit > 0 && query.limit <= Limits.pageSizeMax, "a page has a size")
        let scoring = scoring.current
        if let merchantID = query.merchantID {
            return page(of: rankingOfMerchant(merchantID, query, scoring), query, scoring)
        }
        if let (ranking, entries) = kept.find(query, scoring) {
            return page(entries, isLast: ranking.isLast, query, scoring)
        }
        let generation = kept.generation
        let ranking = await scan(query, scoring)
        if ranking.entries.count > query.limit + 1 { kept.keep(ranking, since: generation) }
        return page(of: ranking, query, scoring)
    }

    private func rankingOfMerchant(_ merchantID: Int64, _ query: DealListQuery, _ scoring: ScoringVersion) -> Ranking {
        var scan = RankingScan(query: query, scoring: scoring, window: query.limit + 1)
        for deal in merchants.deals(of: merchantID) {
            let table = tables[deal.partition.index]
            if let state = table.state(at: deal.slot) { _ = scan.consider(state, deal, in: table) }
        }
        return scan.ranking()
    }

    // MARK: all deals

    /// A block by its first deal, and the best rank that any of its deals can have.
    private struct RankedBlock: Comparable {
        let rank: Double
        let first: DealReference

        static func < (lhs: RankedBlock, rhs: RankedBlock) -> Bool {
            lhs.rank < rhs.rank
        }
    }

    /// Scores blocks, the most promising first, until no other can hold one of the first entries.
    private func scan(_ query: DealListQuery, _ scoring: ScoringVersion) async -> Ranking {
        let driftPerDay = scoring.settings.boundDriftPerDay
        let ranked = await blocks(query, driftPerDay)
        var scan = RankingScan(query: query, scoring: scoring, window: Self.window(query, ranked))
        var blocks = Heap(ranked)
        var visited = 0
        while let block = blocks.popMin(), !scan.isBeyond(block.rank) {
            visit(block.first, at: query.asOf, scoring, &scan)
            visited += 1
            if visited % Self.blocksPerTurn == 0 { await Task.yield() }
        }
        return scan.ranking()
    }

    private func blocks(_ query: DealListQuery, _ driftPerDay: Double) async -> [RankedBlock] {
        var blocks: [RankedBlock] = []
        var turn = 0
        for (index, table) in tables.enumerated() {
            for block in 0..<table.blockCount {
                let first = DealReference(partition: Partition(index: index), slot: block * DealTable.slotsPerBlock)
                blocks.append(RankedBlock(rank: bestRank(of: block, in: table, query, driftPerDay), first: first))
            }
            if blocks.count / Self.boundsPerTurn > turn {
                turn = blocks.count / Self.boundsPerTurn
                await Task.yield()
            }
        }
        return blocks
    }

    private func bestRank(
        of block: Int, in table: DealTable, _ query: DealListQuery, _ driftPerDay: Double
    ) -> Double {
        switch query.order {
        case .best: -table.bounds(of: block).greatestLower(at: query.asOf, driftPerDay: driftPerDay)
        case .worst: table.bounds(of: block).leastUpper(at: query.asOf, driftPerDay: driftPerDay)
        case .recent: -Double(table.newest(of: block).microseconds)
        }
    }

    /// How many entries to find.
    ///
    /// Blocks that may hold something before the page must be scored, whatever the page holds. So the further down it is, the more
    /// entries are worth keeping: a crawl scans little near the top, and all deals once for every `rankingEntriesMax` entries
    /// in the middle.
    private static func window(_ query: DealListQuery, _ blocks: [RankedBlock]) -> Int {
        guard let after = query.after else { return query.limit + 1 }
        let before = blocks.reduce(0) { $1.rank <= after.rank ? $0 + 1 : $0 }
        return min(max(before * keptPerBlock, query.limit + 1), Limits.rankingEntriesMax)
    }

    /// Scores the deals of a block, and leaves bounds as sharp as they can be.
    ///
    /// Bounds of other settings than those in force MUST NOT stay. `forget` comes after these are put in force, and spoils a claim that it
    /// meets; a claim that follows it sees them, since both are read-modify-writes of the block's word.
    private func visit(
        _ first: DealReference, at time: Timestamp, _ scoring: ScoringVersion, _ scan: inout RankingScan
    ) {
        let table = tables[first.partition.index]
        let block = first.slot / DealTable.slotsPerBlock
        let isClaimed = table.claim(block, at: time)
        var greatestLower = 0.0
        var leastUpper = 100.0
        for slot in table.slots(of: block) {
            guard let state = table.state(at: slot) else { continue }
            let score = scan.consider(state, DealReference(partition: first.partition, slot: slot), in: table)
            greatestLower = max(greatestLower, score.lowerBound)
            leastUpper = min(leastUpper, score.upperBound)
        }
        guard isClaimed else { return }
        let isInForce = self.scoring.current.lsn == scoring.lsn
        let sharper = BlockBounds(
            greatestLower: greatestLower, leastUpper: leastUpper, at: time,
            driftPerDay: scoring.settings.boundDriftPerDay)
        table.release(block, sharper: isInForce ? sharper : BlockBounds())
    }

    /// Forgets all that is known of blocks: other settings are in force. Called by the publisher.
    func forget() {
        for table in tables { table.forgetBounds() }
        // One that skipped blocks by what was known before may miss deals.
        kept.clear()
    }

    // MARK: pages

    private func page(of ranking: Ranking, _ query: DealListQuery, _ scoring: ScoringVersion) -> DealListPage {
        var page = page(ranking.entries[...], isLast: ranking.isLast, query, scoring)
        page.scoredCount = ranking.scoredCount
        return page
    }

    /// The first of `entries`, in the states of now.
    private func page(
        _ entries: ArraySlice<RankedDeal>, isLast: Bool, _ query: DealListQuery, _ scoring: ScoringVersion
    ) -> DealListPage {
        var page = DealListPage(deals: [])
        var rest = entries
        while page.deals.count < query.limit, let entry = rest.popFirst() {
            guard let state = tables[entry.deal.partition.index].state(at: entry.deal.slot) else { continue }
            let assessment = Assessment(of: state, at: query.asOf, settings: scoring.settings)
            if query.admits(state, assessment.score) {
                page.deals.append(DealHealth(dealID: entry.dealID, state: state, assessment: assessment))
            }
        }
        if !(rest.isEmpty && isLast) { page.next = entries[..<rest.startIndex].last?.position }
        return page
    }
}
