import DealHealthCore
import DealHealthTesting
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import DealHealthEngine

/// Lists read while their owners publish.
@Suite struct RankedListsRaceTests {
    /// What the two sides tell each other.
    private final class Progress: Sendable {
        let isDone = Atomic<Bool>(false)
        /// Lists read, or states published.
        let count = Atomic<Int>(0)
    }

    private static func state(passes: Int, lsn: UInt64) -> DealState {
        var state = DealState()
        for number in 0..<20 {
            state.apply(
                source: .automatedTest, works: number < passes, mass: 1, time: ListRig.start, merchantID: nil,
                lsn: LSN(lsn + UInt64(number)), settings: ScoringSettings())
        }
        return state
    }

    /// One deal goes up and down while lists sharpen its block's bounds: from each publication on they must hold.
    @Test func sharpeningNeverLosesAPublishedState() async {
        let rig = ListRig(seed: 40, tableCount: 1)
        rig.insert(40)
        let deal = rig.deals[20]
        let progress = Progress()
        let states = [0, 20].map { Self.state(passes: $0, lsn: 1) }
        let lists = rig.lists
        let broken = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !progress.isDone.load(ordering: .relaxed) {
                    var query = DealListQuery(asOf: ListRig.start)
                    query.limit = 1_000
                    _ = await lists.page(query)
                    progress.count.wrappingAdd(1, ordering: .relaxed)
                }
            }
            let owner = DispatchQueue(label: "owner")
            let broken = await withCheckedContinuation { continuation in
                owner.async {
                    var broken = 0
                    let deadline = Date(timeIntervalSinceNow: 3)
                    while Date() < deadline {
                        for state in states {
                            rig.publish(state, deal)
                            // Until the list in the middle of which that was, and one more, are over.
                            let seen = progress.count.load(ordering: .relaxed)
                            while progress.count.load(ordering: .relaxed) < seen + 2 {
                                if !rig.areBoundsTrue(of: deal, at: ListRig.start) { broken += 1 }
                            }
                        }
                    }
                    continuation.resume(returning: broken)
                }
            }
            progress.isDone.store(true, ordering: .relaxed)
            return broken
        }
        #expect(broken == 0)
        #expect(progress.count.load(ordering: .relaxed) > 1_000, "a run without lists proves nothing")
    }

    /// Half the deals stay as they are: every page has them in order and misses none, whatever the others do.
    @Test func pagesMissNoDealThatStaysAsItIs() async {
        let rig = ListRig(seed: 41)
        rig.insert(4_000)
        let moving = Set(rig.deals.indices.filter { $0 / 4 % 2 == 0 }.map { rig.deals[$0] })
        let ids = Set(
            moving.map { String(decoding: rig.tables[$0.partition.index].id(at: $0.slot), as: UTF8.self) })
        let progress = Progress()
        let owners = DispatchGroup()
        for partition in 0..<2 {
            let deals = Array(moving.filter { $0.partition.index % 2 == partition })
            let seed = UInt64(partition)
            DispatchQueue.global().async(group: owners) {
                var random = SeededGenerator(seed: seed)
                while !progress.isDone.load(ordering: .relaxed) {
                    guard let deal = deals.randomElement(using: &random) else { return }
                    rig.publish(rig.newState(using: &random), deal)
                    progress.count.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        for _ in 0..<50 {
            var query = rig.query()
            let whole = rig.plainScan(query).filter { !ids.contains($0.dealID) }
            for _ in 0..<3 {
                let page = await rig.lists.page(query)
                let start = query.after
                let still = whole.filter { position in
                    (start.map { position > $0 } ?? true) && (page.next.map { position <= $0 } ?? true)
                }
                #expect(page.deals.map(\.dealID).filter { !ids.contains($0) } == still.map(\.dealID))
                #expect(Set(page.deals.map(\.dealID)).count == page.deals.count)
                query.after = page.next
                if query.after == nil { break }
            }
        }
        progress.isDone.store(true, ordering: .relaxed)
        owners.wait()
        #expect(progress.count.load(ordering: .relaxed) > 1_000)
        #expect(rig.areBoundsTrue(at: ListRig.start))
    }
}
