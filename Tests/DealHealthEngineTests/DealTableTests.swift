import DealHealthCore
import DealHealthTesting
import Foundation
import Synchronization
import Testing

@testable import DealHealthEngine

@Suite struct DealTableTests {
    /// A state whose every word follows from one number: a torn read shows.
    private static func state(_ number: UInt64) -> DealState {
        var state = DealState()
        state.referenceTime = Timestamp(microseconds: Int64(number))
        for source in EvidenceSource.allCases {
            let base = Double(number) + Double(source.rawValue) / 4
            state[source] = Evidence(positive: base, negative: base * 2, squares: base * 3)
        }
        state.merchantID = number % 2 == 0 ? Int64(number) : nil
        state.eventCount = number
        state.lastLSN = LSN(number)
        return state
    }

    /// One owner publishes without pause, readers on threads of their own check every state they get, and that a deal
    /// never goes back.
    @Test func readersNeverSeeATornOrOlderState() throws {
        let table = DealTable(hashKey: HashKey(k0: 1, k1: 2))
        let dealCount = 50
        let ids = (0..<dealCount).map { Array("deal-\($0)".utf8) }
        let isDone = Atomic<Bool>(false)
        let readCount = Atomic<Int>(0)
        let faultCount = Atomic<Int>(0)
        let group = DispatchGroup()
        withExtendedLifetime((table, ids)) {
            for _ in 0..<3 {
                DispatchQueue.global().async(group: group) {
                    var latest = [UInt64](repeating: 0, count: dealCount)
                    while !isDone.load(ordering: .relaxed) {
                        for (index, id) in ids.enumerated() {
                            guard let state = id.withUnsafeBytes({ table.state(of: $0) }) else { continue }
                            let number = state.lastLSN.value
                            if state != Self.state(number) || number < latest[index] {
                                faultCount.wrappingAdd(1, ordering: .relaxed)
                            }
                            latest[index] = number
                            readCount.wrappingAdd(1, ordering: .relaxed)
                        }
                    }
                }
            }
            var random = SeededGenerator(seed: 5)
            var slots: [Int] = []
            let deadline = Date(timeIntervalSinceNow: 1)
            var number: UInt64 = 0
            while Date() < deadline {
                for _ in 0..<1_000 {
                    number += 1
                    if slots.count < dealCount, number % 100 == 1 {
                        let slot = ids[slots.count].withUnsafeBytes { table.insert($0) }
                        slots.append(slot ?? -1)
                    }
                    // Mostly one hot deal: the spare and the slot are rewritten as fast as can be.
                    let slot = number % 4 == 0 ? slots.randomElement(using: &random) ?? 0 : 0
                    table.publish(Self.state(number), at: slot)
                }
            }
            isDone.store(true, ordering: .relaxed)
            group.wait()
        }
        #expect(faultCount.load(ordering: .relaxed) == 0)
        #expect(readCount.load(ordering: .relaxed) > 1_000, "a run without reads proves nothing")
    }

    @Test func everyDealIsFoundWhileTheIndexGrows() {
        let table = DealTable(hashKey: HashKey(k0: 3, k1: 4))
        for number in 0..<20_000 {
            let id = Array("promotion/\(number)".utf8)
            id.withUnsafeBytes { bytes in
                #expect(table.slot(of: bytes) == nil)
                #expect(table.insert(bytes) == number)
                #expect(table.state(of: bytes) == nil, "a deal is not there before it is published")
                table.publish(Self.state(UInt64(number + 1)), at: number)
            }
        }
        for number in 0..<20_000 {
            let id = Array("promotion/\(number)".utf8)
            #expect(id.withUnsafeBytes { table.state(of: $0)?.eventCount } == UInt64(number + 1))
        }
    }

    /// Of 1 to 255 bytes: the short ones lie in the slot, the others elsewhere.
    @Test func idsOfEveryLengthComeBack() {
        let table = DealTable(hashKey: HashKey(k0: 5, k1: 6))
        let ids = (1...Limits.dealIDBytesMax).map { [UInt8](repeating: UInt8($0), count: $0) }
        for (slot, id) in ids.enumerated() {
            #expect(id.withUnsafeBytes { table.insert($0) } == slot)
            table.publish(Self.state(UInt64(slot + 1)), at: slot)
        }
        for (slot, id) in ids.enumerated() {
            #expect(id.withUnsafeBytes { table.state(of: $0) } == Self.state(UInt64(slot + 1)))
            #expect(Array(table.id(at: slot)) == id)
            #expect(Array(DealTable.id(atAddress: table.idAddress(of: slot))) == id)
        }
    }

    /// The owner inserts without pause, so that the index is outgrown time and again under readers, who must find every deal that was
    /// there before they looked.
    @Test func readersFindEveryDealWhileTheIndexGrows() {
        let dealCount = 60_000
        let ids = (0..<dealCount).map { Array("deal-\($0)".utf8) }
        let faultCount = Atomic<Int>(0)
        let readCount = Atomic<Int>(0)
        for round in 0..<5 {
            let table = DealTable(hashKey: HashKey(k0: 7, k1: UInt64(round)))
            let publishedCount = Atomic<Int>(0)
            let group = DispatchGroup()
            withExtendedLifetime((table, ids)) {
                for reader in 0..<2 {
                    DispatchQueue.global().async(group: group) {
                        var random = SeededGenerator(seed: UInt64(reader))
                        while true {
                            let count = publishedCount.load(ordering: .acquiring)
                            if count == dealCount { return }
                            if count == 0 { continue }
                            let number = Int.random(in: 0..<count, using: &random)
                            let state = ids[number].withUnsafeBytes { table.state(of: $0) }
                            if state?.eventCount != UInt64(number + 1) {
                                faultCount.wrappingAdd(1, ordering: .relaxed)
                            }
                            readCount.wrappingAdd(1, ordering: .relaxed)
                        }
                    }
                }
                for (slot, id) in ids.enumerated() {
                    _ = id.withUnsafeBytes { table.insert($0) }
                    table.publish(Self.state(UInt64(slot + 1)), at: slot)
                    publishedCount.store(slot + 1, ordering: .releasing)
                }
                group.wait()
            }
        }
        #expect(faultCount.load(ordering: .relaxed) == 0)
        #expect(readCount.load(ordering: .relaxed) > 1_000, "a run without reads proves nothing")
    }
}
