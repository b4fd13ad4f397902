import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Testing

@Suite struct HotDealsTests {
    @Test func oneInSixteenIsNotedHoweverRequestsCome() {
        var noted = [0, 0, 0]
        let total = 160_000
        var all = HotDealSampler(seed: 3)
        for _ in 0..<total / 1_000 {
            var last = -1
            all.pass(1_000) { index in
                #expect(index > last && index < 1_000)
                last = index
                noted[0] += 1
            }
        }
        var single = HotDealSampler(seed: 4)
        for _ in 0..<total { single.pass(1) { _ in noted[1] += 1 } }
        for seed in 0..<total {
            var fresh = HotDealSampler(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
            fresh.pass(1) { _ in noted[2] += 1 }
        }
        for count in noted { #expect(abs(count - total / HotDealSampler.meanGap) < 500, "\(noted)") }
    }

    @Test func eventsThatCountAreNoted() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            func test(_ deal: String, _ number: Int) -> String {
                #"{"type":"AutomatedTestResult","promotionId":"\#(deal)","timestamp":"2026-05-01T00:00:00Z","#
                    + #""eventId":"\#(deal)\#(number)","merchantId":7,"success":true,"discountValue":5}"#
            }
            for _ in 0..<2 {
                let events = (0..<2_000).map { test("hot", $0) } + (0..<200).map { test("warm", $0) }
                _ = try await engine.submit(events.joined(separator: "\n"))
            }
            let top = engine.hotWrites.top(5, at: engine.now())
            #expect(top.map(\.dealID) == ["hot", "warm"])
            #expect(engine.hotReads.top(5, at: engine.now()).isEmpty)
            // The events of the second round counted before.
            let ratio = top[0].perSecond * HeavyHitters.halfLifeSeconds / 0.693 / 2_000
            #expect(ratio > 0.7 && ratio < 1.4, "\(ratio)")
        }
    }
}
