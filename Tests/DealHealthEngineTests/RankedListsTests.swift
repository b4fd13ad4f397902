import DealHealthCore
import DealHealthTesting
import Testing

@testable import DealHealthEngine

@Suite struct RankedListsTests {
    /// Follows the cursors to the end, or for so many pages.
    private func crawl(
        _ lists: RankedLists, _ query: DealListQuery, pagesMax: Int = .max, betweenPages: () -> Void = {}
    ) async -> (ids: [String], scored: Int) {
        var query = query
        var ids: [String] = []
        var scored = 0
        for _ in 0..<pagesMax {
            let page = await lists.page(query)
            ids += page.deals.map(\.dealID)
            scored += page.scoredCount
            query.after = page.next
            if query.after == nil { break }
            betweenPages()
        }
        return (ids, scored)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func listsAreThoseOfAPlainScan(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let settings = seed % 2 == 0 ? ScoringSettings() : ListRig.settings(using: &random)
        let rig = ListRig(seed: seed, settings: settings)
        for _ in 0..<12 {
            rig.insert(Int.random(in: 0...250, using: &rig.random))
            for _ in 0..<Int.random(in: 0...100, using: &rig.random) { rig.change() }
            let query = rig.query()
            #expect(await crawl(rig.lists, query).ids == rig.plainScan(query).map(\.dealID), "\(query)")
        }
    }

    /// Blocks of so few deals that each change is one of the block's extremes.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func boundsHoldAtEveryInstantAfterEveryChange(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let rig = ListRig(
            seed: seed, tableCount: 1, settings: seed % 2 == 0 ? ScoringSettings() : ListRig.settings(using: &random))
        rig.insert(Int.random(in: 1...3, using: &rig.random))
        for day in 0..<10 {
            var query = rig.query()
            query.asOf = ListRig.start + .seconds(86_400 * day)
            _ = await rig.lists.page(query)
            for _ in 0..<10 {
                // Where the bounds are sharpest, and anywhere.
                #expect(rig.areBoundsTrue(at: query.asOf))
                #expect(rig.areBoundsTrue(at: rig.query().asOf))
                rig.change()
            }
        }
    }

    @Test func anyPlaceIsACursor() async {
        let rig = ListRig(seed: 30)
        rig.insert(2_000)
        for _ in 0..<60 {
            var query = rig.query()
            let whole = rig.plainScan(query)
            // Between two deals as well as at one.
            var after = whole.randomElement(using: &rig.random) ?? DealListPosition(rank: 0, dealID: "x")
            if Bool.random(using: &rig.random) { after.dealID += "x" }
            query.after = after
            let page = await rig.lists.page(query)
            let expected = whole.filter { $0 > after }
            #expect(page.deals.map(\.dealID) == expected.prefix(query.limit).map(\.dealID))
            #expect(page.next == (expected.count > query.limit ? expected[query.limit - 1] : nil))
        }
    }

    /// After the first list of all, days on and with events all the time, a first page scores next to nothing.
    @Test func firstPageScoresFewDeals() async {
        let rig = ListRig(seed: 31, tableCount: 64)
        rig.timeStep = .milliseconds(1)
        rig.insert(200_000)
        var query = DealListQuery(asOf: ListRig.start)
        query.order = .recent
        #expect(await rig.lists.page(query).scoredCount < 10_000, "the newest are known from the start")
        query.order = .best
        #expect(await rig.lists.page(query).scoredCount > 190_000, "nothing is known of a score yet")
        for order in DealListQuery.Order.allCases {
            query.order = order
            query.asOf = query.asOf + .seconds(3_600)
            for _ in 0..<1_000 { rig.change() }
            let page = await rig.lists.page(query)
            #expect(page.scoredCount < 10_000, "\(order)")
            #expect(page.deals.map(\.dealID) == rig.plainScan(query).prefix(50).map(\.dealID))
        }
    }

    @Test func crawlScansAllDealsSeldom() async {
        let rig = ListRig(seed: 32)
        rig.insert(30_000)
        for order in DealListQuery.Order.allCases {
            var query = DealListQuery(asOf: ListRig.start)
            query.order = order
            let crawled = await crawl(rig.lists, query)
            #expect(crawled.ids.count == 30_000)
            #expect(crawled.scored < 30_000 * 15, "600 pages")
        }
    }

    @Test func crawlThroughOneRankingShowsEachDealOnceWhateverChanges() async {
        let rig = ListRig(seed: 33)
        rig.insert(2_000)
        var query = DealListQuery(asOf: ListRig.start)
        query.limit = 20
        let before = rig.plainScan(query)
        query.after = before[1_000]
        var changed: Set<String> = []
        let crawled = await crawl(rig.lists, query, pagesMax: 12) {
            for _ in 0..<20 {
                guard let deal = rig.deals.randomElement(using: &rig.random), var state = rig.state(deal) else {
                    return
                }
                state.apply(
                    source: .automatedTest, works: false, mass: 1, time: ListRig.start, merchantID: nil,
                    lsn: state.lastLSN.successor, settings: rig.settings)
                rig.publish(state, deal)
                let id = rig.tables[deal.partition.index].id(at: deal.slot)
                changed.insert(String(decoding: id, as: UTF8.self))
            }
        }
        #expect(crawled.ids.count == 240 && changed.count > 100)
        #expect(crawled.ids == before[1_001..<1_241].map(\.dealID))
        #expect(crawled.scored <= 2_000)
    }

    @Test func kindsOfListsDoNotMix() async {
        let rig = ListRig(seed: 34)
        rig.insert(3_000)
        // More lists than are kept, page by page in turn.
        var queries = (0..<Limits.rankingsKeptMax + 4).map { _ in rig.query() }
        for index in queries.indices where index % 2 == 0 { queries[index].asOf = ListRig.start }
        let expected = queries.map { rig.plainScan($0).map(\.dealID) }
        var found: [[String]] = queries.map { _ in [] }
        for index in queries.indices { queries[index].limit = 100 }
        var isOpen = queries.map { _ in true }
        while isOpen.contains(true) {
            for index in queries.indices where isOpen[index] {
                let page = await rig.lists.page(queries[index])
                #expect(page.deals.count == 100 || page.next == nil)
                found[index] += page.deals.map(\.dealID)
                queries[index].after = page.next
                isOpen[index] = page.next != nil
            }
        }
        #expect(found == expected)
    }

    @Test func keptRankingServesNoOtherList() {
        var query = DealListQuery(asOf: ListRig.start)
        query.after = DealListPosition(rank: 5, dealID: "d")
        let kept = KeptRankings()
        kept.keep(
            Ranking(query: query, scoringLSN: LSN(1), entries: [], isLast: true, scoredCount: 0), since: kept.generation
        )
        func isServed(_ change: (inout DealListQuery) -> Void) -> Bool {
            var other = query
            change(&other)
            return kept.find(other, Self.scoring(at: 1)) != nil
        }
        #expect(isServed { $0.after = DealListPosition(rank: 6, dealID: "a") })
        #expect(!isServed { $0.after = DealListPosition(rank: 5, dealID: "c") }, "it begins later")
        #expect(!isServed { $0.after = nil })
        #expect(!isServed { $0.order = .worst })
        #expect(!isServed { $0.asOf = $0.asOf + .microseconds(1) })
        #expect(!isServed { $0.minScore = 1 })
        #expect(!isServed { $0.maxScore = 99 })
        #expect(!isServed { $0.merchantID = 1 })
        query.after = DealListPosition(rank: 6, dealID: "a")
        #expect(kept.find(query, Self.scoring(at: 2)) == nil, "it was scored with other settings")
    }

    private static func scoring(at lsn: UInt64) -> ScoringVersion {
        let log = LogIdentity(lineage: Hash128(low: 0, high: 0), hashKey: HashKey(k0: 0, k1: 0))
        return ScoringVersion(ScoringSettings(), lsn: LSN(lsn), log: log)
    }

    @Test func keptRankingsAreBounded() {
        let kept = KeptRankings()
        func ranking(_ number: Int) -> Ranking {
            var query = DealListQuery(asOf: Timestamp(microseconds: Int64(number)))
            query.after = DealListPosition(rank: 0, dealID: "")
            return Ranking(query: query, scoringLSN: LSN(1), entries: [], isLast: true, scoredCount: 0)
        }
        for number in 0..<Limits.rankingsKeptMax { kept.keep(ranking(number), since: kept.generation) }
        #expect(kept.find(ranking(0).query, Self.scoring(at: 1)) != nil)
        kept.keep(ranking(-1), since: kept.generation)
        #expect(kept.find(ranking(0).query, Self.scoring(at: 1)) != nil, "it was used after the second")
        #expect(kept.find(ranking(1).query, Self.scoring(at: 1)) == nil)
        #expect(kept.find(ranking(2).query, Self.scoring(at: 1)) != nil)
    }
}
