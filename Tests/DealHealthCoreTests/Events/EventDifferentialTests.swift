import FuzzChecks
import Testing

/// The decoder beside the plain one (`Tests/Fuzz/Checks/Plain`): the same verdict on every event, and the same fields.
///
/// Random bytes seldom make an event. So most of these events are made of fields that are right, or wrong by little.
@Suite struct EventDifferentialTests {
    private static let texts = [
        #""a""#, #""""#, #""\ud83d\ude00é""#, #""\ud83d""#, #""\u0000""#, #""a\u0085""#, "\"\u{9F}\"", "\"\u{A0}\"",
        #""\u007f""#,
        "\"\(String(repeating: "é", count: 64))\"", "\"\(String(repeating: "x", count: 129))\"",
        "\"\(String(repeating: "i", count: 255))\"", "\"\(String(repeating: #"\u0069"#, count: 256))\"",
        "\"e\u{301}\"", "7", "null", "true", "[]", #"["a"]"#,
    ]
    private static let numbers = [
        "0", "-0", "1", "100", "101", "-1", "0.5", "1.0", "1e2", "100.00000000000001", "1e-400", "1e308", "1e309",
        "-0.0",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0.1000000000000000055",
        "12345678901234567890.5",
        "9007199254740993", "null", #""1""#, "01", "1.", "+1", "true", "{}",
    ]
    private static let bools = ["true", "false", "null", "1", #""true""#, "tru"]
    private static let times = [
        #""2026-05-24T05:56:52Z""#, #""2026-05-24T05:56:52.1234567+02:00""#, #""2026-05-24 05:56:52""#,
        #""1970-01-01T00:00:00Z""#,
        #""1970-01-01T00:00:00+00:01""#, #""2026-02-29T00:00:00Z""#, #""2024-02-29T23:59:60Z""#,
        #""2026\u002d05-24T05:56:52Z""#,
        #""2026-12-01T00:05:00Z""#, #""2026-12-01T00:05:00.000001Z""#, #""2026-05-24""#, "0", "null",
    ]
    private static let objects = [
        "{}", #"{"is_valid":true}"#, #"{"works":false,"strength":0.25,"confidence":0.5}"#, #"{"sentiment":"positive"}"#,
        #"{"sentiment":-0.3,"confidence":2}"#, #"{"sentiment":"neutral","strength":1}"#,
        #"{"is_valid":"no","works":true}"#,
        #"{"is_valid":null,"sentiment":1.5}"#, #"{"is_valid":true,"is_valid":true}"#, #"{"\u0069s_valid":false}"#,
        "null", "[]",
        #""x""#, String(repeating: #"{"a":"#, count: 31) + "1" + String(repeating: "}", count: 31),
        String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
    ]
    /// Keys of the sender's own, and known ones once more.
    private static let others = [
        "own", "é", "e\u{301}", #"\u00e9"#, "type", #"\u0073uccess"#, "notes", "", "Type", "merchantID",
    ]

    private static func values(of key: String) -> [String] {
        switch key {
        case "timestamp": times
        case "success", "is_valid": bools
        case "merchantId", "discountValue", "testDuration", "verifierReputationScore", "userReputation",
            "confidence_score":
            numbers
        case "structured_data": objects
        case "type":
            [#""CommunityTip""#, #""AutomatedTestResult""#, #""Community\u0054ip""#, #""communitytip""#, "null", "1"]
        default: texts
        }
    }

    /// An event with some fields replaced, left out, added or in another place.
    private static func event(_ generator: inout EventGenerator) -> String {
        var members = [EventText.test, EventText.verification, EventText.tip][Int.random(in: 0..<3, using: &generator)]
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let place = Int.random(in: 0..<members.count, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: members.remove(at: place)
            case 1: members.swapAt(place, 0)
            case 2:
                let key = others.randomElement(using: &generator) ?? ""
                members.append((key, (texts + numbers + objects).randomElement(using: &generator) ?? ""))
            default: members[place].1 = values(of: members[place].0).randomElement(using: &generator) ?? ""
            }
        }
        return EventText.object(members)
    }

    private static func damage(_ bytes: inout [UInt8], _ generator: inout EventGenerator) {
        let alphabet = Array("{}[]\":,\\u0dD89eE+-.truefalsn \n\u{1}é\u{7F}".utf8) + [0xFF, 0xED, 0xA0, 0xC2, 0x85]
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = alphabet.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = byte
        case 1: bytes.remove(at: place)
        default: bytes.insert(byte, at: place)
        }
    }

    @Test func agreesWithThePlainDecoderOnMadeEvents() {
        var generator = EventGenerator(state: 12)
        var (accepted, refused) = (0, 0)
        for round in 0..<15_000 {
            var bytes = Array(Self.event(&generator).utf8)
            if round % 4 == 0 { Self.damage(&bytes, &generator) }
            if let fault = FuzzTarget.events.fault(in: bytes) {
                Issue.record("\(fault): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
            if case .success = EventText.decode(bytes) { accepted += 1 } else { refused += 1 }
        }
        #expect(accepted > 4_000 && refused > 4_000)
    }

    @Test func agreesWithThePlainDecoderOnDamagedSeeds() throws {
        var generator = EventGenerator(state: 13)
        for seed in try FuzzCorpus.inputs(.events) where !seed.isEmpty && seed.count < 2_048 {
            for _ in 0..<60 {
                var bytes = seed
                for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                    Self.damage(&bytes, &generator)
                }
                if let fault = FuzzTarget.events.fault(in: bytes) {
                    Issue.record("\(fault): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                }
            }
        }
    }
}
