import DealHealthTesting
import Testing

@testable import DealHealthCore

/// Remembered event ids say after decoding what they said before, or are refused.
struct RememberedEventCodecTests {
    @Test(arguments: [0, 1, 2, 100]) func chunkSurvivesItsEncoding(count: Int) throws {
        let events = Self.events(count, seed: 300)
        let bytes = RememberedEventChunk.encode(events)
        #expect(try Self.decode(bytes) == events)
        #expect(bytes.count == 4 + 24 * count)
    }

    @Test func chunkWithAnyBitFlippedIsRefused() {
        for count in [0, 1, 4] {
            let events = Self.events(count, seed: 301)
            let bytes = RememberedEventChunk.encode(events)
            #expect(Damage.unnoticedFlips(of: bytes, value: events, decode: Self.decode).isEmpty)
        }
    }

    @Test func chunkCutShortOrLengthenedIsRefused() {
        let bytes = RememberedEventChunk.encode(Self.events(4, seed: 302))
        #expect(Damage.unnoticedTruncations(of: bytes, decode: Self.decode).isEmpty)
        for extra in [1, 23, 24] {
            #expect(throws: CodecError.self) { try Self.decode(bytes + [UInt8](repeating: 0, count: extra)) }
        }
    }

    @Test func chunkRefusedHandsOutNothing() {
        var bytes = RememberedEventChunk.encode(Self.events(3, seed: 303))
        bytes[bytes.count - 1] ^= 1
        var seen = 0
        #expect(throws: CodecError.self) {
            try bytes.withUnsafeBytes { try RememberedEventChunk.decode($0) { _ in seen += 1 } }
        }
        #expect(seen == 0)
    }

    @Test func eventKeepsTheLowHalfOfItsContentAndTheMinute() {
        let event = RememberedEvent(
            identity: Hash128(low: 1, high: 2), contentHash: 0xaaaa_bbbb_cccc_dddd,
            receivedAt: Timestamp(microseconds: 119_999_999))
        #expect(event == RememberedEvent(identity: Hash128(low: 1, high: 2), content: 0xcccc_dddd, minute: 1))
    }

    @Test func chunkBytesAreAsPinned() {
        let event = RememberedEvent(
            identity: Hash128(low: 0x0102_0304_0506_0708, high: 0xa1a2_a3a4_a5a6_a7a8), content: 0xc1c2_c3c4,
            minute: 29_924_996)
        let expected = HexBytes.decode(
            """
            96cf6415 0807060504030201 a8a7a6a5a4a3a2a1 c4c3c2c1 849ec801
            """)
        #expect(HexBytes.encode(RememberedEventChunk.encode([event])) == HexBytes.encode(expected))
    }

    private static func events(_ count: Int, seed: UInt64) -> [RememberedEvent] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            RememberedEvent(
                identity: Hash128(low: generator.next(), high: generator.next()),
                content: .random(in: 0...UInt32.max, using: &generator),
                minute: .random(in: 0...UInt32.max, using: &generator))
        }
    }

    private static func decode(_ bytes: [UInt8]) throws -> [RememberedEvent] {
        var events: [RememberedEvent] = []
        try bytes.withUnsafeBytes { try RememberedEventChunk.decode($0) { events.append($0) } }
        return events
    }
}
