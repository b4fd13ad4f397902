import DealHealthCore
import Testing

@testable import DealHealthEngine

@Suite struct CheckpointSliceTests {
    /// A value that takes several pages needs free ones side by side, which a file that is in use for long runs out of.
    @Test func noChunkOfRememberedIDsIsLargerThanAPage() throws {
        let table = DealTable(hashKey: HashKey(k0: 1, k1: 2))
        #expect(Array("deal".utf8).withUnsafeBytes { table.insert($0) } == 0)
        table.publish(DealState(), at: 0)
        let events = (0..<1_000).map { number in
            RememberedEvent(
                identity: Hash128(low: UInt64(number), high: 0), content: 0, minute: number < 400 ? 7 : 8)
        }
        var changes = UnsavedChanges()
        for event in events { changes.insert(slot: 0, remembered: event) }
        let slice = CheckpointSlice(
            partition: Partition(index: 0), changes: changes, position: LSN(1_000), lastLSN: LSN(1_000))
        var found: [RememberedEvent] = []
        for (minute, chunk) in slice.steps(table).flatMap(\.remembered) {
            // LMDB's page header takes 16.
            #expect(chunk.count <= 4_096 - 16)
            try chunk.withUnsafeBytes { bytes in
                try RememberedEventChunk.decode(bytes) { event in
                    #expect(event.minute == minute)
                    found.append(event)
                }
            }
        }
        #expect(found == events)
    }
}
