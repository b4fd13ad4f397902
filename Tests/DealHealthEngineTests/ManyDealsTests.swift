import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Testing

@Suite struct ManyDealsTests {
    /// Far more deals than are looked up together, and than tags tell apart; ids that are near each other and ids that are no ids.
    @Test func everyDealIsFoundAsByItself() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            let count = 20_000
            func test(_ number: Int) -> String {
                #"{"type":"AutomatedTestResult","promotionId":"d\#(number)","timestamp":"2026-05-01T00:00:00Z","#
                    + #""merchantId":7,"success":true,"discountValue":5}"#
            }
            for start in stride(from: 0, to: count, by: 1_000) {
                _ = try await engine.submit((start..<start + 1_000).map(test).joined(separator: "\n"))
            }
            var bytes: [UInt8] = []
            var ids: [Range<Int>] = []
            let longest = String(repeating: "l", count: 300)
            for id in ["", longest, "d", "d-1", "D1"] + (0..<count + 500).map({ "d\($0)" }) + ["d1", "d1"] {
                bytes.append(contentsOf: id.utf8)
                ids.append((bytes.count - id.utf8.count)..<bytes.count)
            }
            var known = 0
            bytes.withUnsafeBytes { bytes in
                var next = 0
                engine.forEachState(of: ids, in: bytes) { index, dealID, state in
                    #expect(index == next && dealID.elementsEqual(bytes[ids[index]]))
                    #expect(state == engine.state(of: dealID))
                    if state != nil { known += 1 }
                    next += 1
                }
                #expect(next == ids.count)
            }
            #expect(known == count + 2)
        }
    }

    @Test func ofNoDealsThereIsNone() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            engine.forEachState(of: [], in: UnsafeRawBufferPointer(start: nil, count: 0)) { _, _, _ in
                Issue.record("there is no deal")
            }
        }
    }
}
