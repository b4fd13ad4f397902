import DealHealthCore
import DealHealthTesting
import Testing

/// Which texts are a time, and which time they are (RFC 3339 §5.6 and what the parser's contract adds).
struct RFC3339Tests {
    /// A text and the microseconds since 1970 that it means; the numbers are from GNU `date -u +%s`.
    private static let accepted: [(text: String, microseconds: Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-24T05:56:52Z", 1_795_499_812_000_000),
        ("2026-11-24t05:56:52z", 1_795_499_812_000_000),
        ("2026-11-24 05:56:52Z", 1_795_499_812_000_000),
        ("2026-11-24T05:56:52", 1_795_499_812_000_000),
        ("2026-11-24T05:56:52.5", 1_795_499_812_500_000),
        // Offsets.
        ("2026-11-24T05:56:52+00:00", 1_795_499_812_000_000),
        ("2026-11-24T05:56:52-00:00", 1_795_499_812_000_000),
        ("2026-11-24T06:56:52+01:00", 1_795_499_812_000_000),
        ("2026-11-24T11:26:52+05:30", 1_795_499_812_000_000),
        ("2026-11-23T18:26:52-11:30", 1_795_499_812_000_000),
        ("2026-11-25T05:55:52+23:59", 1_795_499_812_000_000),
        ("2026-11-23T05:57:52-23:59", 1_795_499_812_000_000),
        // One to nine decimals, and more; beyond the sixth they are cut, never rounded.
        ("2026-11-24T05:56:52.1Z", 1_795_499_812_100_000),
        ("2026-11-24T05:56:52.12Z", 1_795_499_812_120_000),
        ("2026-11-24T05:56:52.123Z", 1_795_499_812_123_000),
        ("2026-11-24T05:56:52.1234Z", 1_795_499_812_123_400),
        ("2026-11-24T05:56:52.12345Z", 1_795_499_812_123_450),
        ("2026-11-24T05:56:52.123456Z", 1_795_499_812_123_456),
        ("2026-11-24T05:56:52.1234569Z", 1_795_499_812_123_456),
        ("2026-11-24T05:56:52.12345699Z", 1_795_499_812_123_456),
        ("2026-11-24T05:56:52.123456999+00:00", 1_795_499_812_123_456),
        ("2026-11-24T05:56:52.000000001Z", 1_795_499_812_000_000),
        ("2026-11-24T05:56:52." + String(repeating: "9", count: 43) + "Z", 1_795_499_812_999_999),
        // Leap years and leap seconds.
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000_000),
        ("2400-02-29T00:00:00Z", 13_574_563_200_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("2016-12-31T23:59:60.25Z", 1_483_228_800_250_000),
        ("1970-01-01T23:59:59-23:59", 172_739_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ]

    private static let refused: [String] = [
        // Not the shape.
        "", " ", "Z", "now", "1795499812", "2026-11-24", "05:56:52Z", "2026-11-24T05:56Z", "2026-11-24T05:56:5",
        "2026-11-24T05:56:5Z", "26-11-24T05:56:52Z", "02026-11-24T05:56:52Z", "+2026-11-24T05:56:52Z",
        "-026-11-24T05:56:52Z", "2026/11/24T05:56:52Z", "2026-11-24_05:56:52Z", "2026-11-24T05.56.52Z",
        "20261124T055652Z", "2026-W48-2T05:56:52Z", "2026-328T05:56:52.000", " 2026-11-24T05:56:52Z",
        "2026-11-24T05:56:52Z ", "2026-11-24T05:56:52ZZ", "2026-11-24T05:56:52Z\n", "2026-11-24T05:56:52\0",
        "2026-11-24T 5:56:52Z", "2026-1a-24T05:56:52Z", "２026-11-24T05:56:52Z", "2026-11-24T05:56:5²Z",
        // Out of range.
        "2026-00-24T05:56:52Z", "2026-13-24T05:56:52Z", "2026-11-00T05:56:52Z", "2026-11-31T05:56:52Z",
        "2026-12-32T05:56:52Z", "2026-11-24T24:00:00Z", "2026-11-24T05:60:52Z", "2026-11-24T05:56:61Z",
        "2026-11-24T99:99:99Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "1970-01-01T00:00:00+00:01",
        // Not leap years.
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
        // Fractions.
        "2026-11-24T05:56:52.", "2026-11-24T05:56:52.Z", "2026-11-24T05:56:52,5Z", "2026-11-24T05:56:52.1.2Z",
        "2026-11-24T05:56:52.-1Z", "2026-11-24T05:56:52.5+", "2026-11-24T05:56:52.1e3Z",
        "2026-11-24T05:56:52." + String(repeating: "9", count: 44) + "Z",
        // Offsets.
        "2026-11-24T05:56:52+", "2026-11-24T05:56:52+1", "2026-11-24T05:56:52+01", "2026-11-24T05:56:52+0100",
        "2026-11-24T05:56:52+01:0", "2026-11-24T05:56:52+01:000", "2026-11-24T05:56:52+24:00",
        "2026-11-24T05:56:52+01:60", "2026-11-24T05:56:52 01:00", "2026-11-24T05:56:52−01:00",
        "2026-11-24T05:56:52+01-00", "2026-11-24T05:56:52Z+01:00", "2026-11-24T05:56:52UTC", "2026-11-24T05:56:52 Z",
        "2026-11-24T05:56:52+01:00[Europe/Berlin]",
    ]

    @Test func wellFormedTextIsItsInstant() {
        for (text, microseconds) in Self.accepted {
            #expect(Timestamp(rfc3339: text)?.microseconds == microseconds, "\(text)")
        }
    }

    @Test func malformedTextIsRefused() {
        for text in Self.refused {
            #expect(Timestamp(rfc3339: text) == nil, "\(text.debugDescription)")
        }
    }

    @Test func prefixIsRefusedUnlessItIsComplete() {
        let text = "2026-11-24T05:56:52.123456+01:00"
        let complete: Set<Int> = [19, 21, 22, 23, 24, 25, 26, 32]
        for count in 0...text.count {
            #expect((Timestamp(rfc3339: String(text.prefix(count))) != nil) == complete.contains(count), "\(count)")
        }
    }

    @Test func textWithAnyByteReplacedIsRefused() {
        let text = Array("2026-11-24T05:56:52.123456+01:00".utf8)
        for index in text.indices {
            for byte: UInt8 in [0, UInt8(ascii: "x"), UInt8(ascii: "/"), UInt8(ascii: ";"), 0x80, 0xff] {
                var damaged = text
                damaged[index] = byte
                #expect(damaged.withUnsafeBytes { Timestamp(rfc3339: $0) } == nil, "\(byte) at \(index)")
            }
        }
    }

    /// Whatever random damage is still taken for a time is one that the parser itself reads back.
    @Test func damagedTextIsRefusedOrMeansSomeInstant() {
        var generator = SeededGenerator(seed: 60)
        let alphabet = Array("0123456789-:.TtZz+ ".utf8)
        var wrong: [String] = []
        for _ in 0..<10_000 {
            var text = Array("2026-11-24T05:56:52.123456+01:00".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<text.count, using: &generator)
                // Years stay under 9000: at the far end an offset may lead past 9999.
                if index == 0 { continue }
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: text[index] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                case 1: text.remove(at: index)
                default: text.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)], at: index)
                }
            }
            guard let time = text.withUnsafeBytes({ Timestamp(rfc3339: $0) }) else { continue }
            if Timestamp(rfc3339: time.description) != time { wrong.append(String(decoding: text, as: UTF8.self)) }
        }
        #expect(wrong.isEmpty)
    }
}
