import DealHealthCore
import Testing

@testable import DealHealthLoad

@Suite("A ledger's events")
struct TrackedEventTests {
    static let settings = LedgerSettings(
        run: "run-1", seed: 7, startedAt: Timestamp(microseconds: 1_795_500_000_000_000), shardCount: 2, keyCount: 10)

    static func text(key: Int, sequence: Int, settings: LedgerSettings = settings) -> [UInt8] {
        var bytes: [UInt8] = []
        TrackedEvent(key: key, sequence: sequence, settings: settings).append(to: &bytes, settings: settings)
        return bytes
    }

    @Test func areTheSameAgainAndDifferentElsewhere() {
        #expect(Self.text(key: 3, sequence: 4) == Self.text(key: 3, sequence: 4))
        let all = (0..<10).flatMap { key in (0..<100).map { Self.text(key: key, sequence: $0) } }
        #expect(Set(all).count == 1_000)
    }

    /// What the server's decoder makes of the bytes is what the fold takes.
    @Test func areValidAndMeanWhatTheFoldTakes() throws {
        let decoder = EventDecoder(hashKey: HashKey(k0: 1, k1: 2), now: Self.settings.startedAt)
        var kinds: Set<String> = []
        for sequence in 0..<300 {
            let event = TrackedEvent(key: 5, sequence: sequence, settings: Self.settings)
            let batch = try decoder.decode(document: Self.text(key: 5, sequence: sequence)).batch
            let decoded = try #require(batch.events.first)
            let piece = event.piece(at: Self.settings.startedAt)
            #expect(decoded.works == piece.works)
            #expect(abs(decoded.mass - piece.mass) < 1e-12)
            #expect(decoded.time == event.time)
            #expect((0...30).contains(piece.ageDays))
            kinds.insert("\(decoded.source) \(decoded.works)")
        }
        #expect(kinds.count == 6, "every kind with every outcome")
    }
}
