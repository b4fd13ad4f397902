import Testing

@testable import DealHealthCore

/// What an event's identity and content hash depend on, and what not.
@Suite struct EventIdentityTests {
    static func event(_ text: String) -> Event? {
        try? EventText.decode(text).get()
    }

    static func hash(_ source: EvidenceSource, _ key: String? = nil, _ value: String? = nil) -> Hash128? {
        event(EventText.event(source, key, value))?.identity
    }

    @Test(
        arguments: [
            ("own", "1", "1.0"), ("own", "1", "1e0"), ("own", "100", "1E+2"), ("own", "0", "-0"),
            ("own", "0", "-0.0e5"),
            ("own", "0.1", "1e-1"), ("own", "0.10", "0.1"), ("own", "123456789012345678e-18", "0.123456789012345678"),
            ("own", "9007199254740992", "9007199254740992.0"), ("own", "1e-400", "0"),
            ("own", #""a/b""#, #""a\/b""#), ("own", #""é""#, #""\u00e9""#), ("own", #""é""#, #""\u00E9""#),
            ("own", #""😀""#, #""\ud83d\ude00""#), ("own", #""\n""#, #""\u000a""#), ("own", "[1,2]", " [ 1 , 2.0 ] "),
            ("own", #"{"a":1,"b":[]}"#, #"{ "b":[ ],"\u0061":1e0 }"#),
            ("own", #"[{"x":{"p":1,"q":2}}]"#, #"[{"x":{"q":2,"p":1}}]"#),
            ("timestamp", #""2026-05-24T05:56:52Z""#, #""2026-05-24 07:56:52.000+02:00""#),
            ("timestamp", #""2026-05-24T05:56:52Z""#, #""2026\u002d05-24T05:56:52""#),
            ("errorMessage", "null", nil), ("eventId", "null", nil), ("testDuration", "null", nil),
            ("discountValue", "12.5", "1.25e1"),
        ] as [(String, String, String?)])
    func doesNotDependOnSpelling(key: String, one: String, other: String?) {
        let first = Self.event(EventText.event(.automatedTest, key, one))
        let second = Self.event(EventText.event(.automatedTest, key, other))
        #expect(first != nil)
        #expect(first?.identity == second?.identity)
        #expect(first?.contentHash == second?.contentHash)
    }

    @Test func differentContentDiffers() {
        let values: [String?] = [
            nil, "null", "true", "false", "0", "1", "-1", "1.5", "1e300", "1e301", "1e400", "1e401", "\"\"", "\"1\"",
            "\"null\"", "\"a\"", "\"b\"", "\"a\\u0000\"", "\"aaaaaaaa\"", "\"aaaaaaaaa\"", "[]", "{}", "[[]]", "[{}]",
            "{\"\":[]}", "[1]", "[1,2]", "[2,1]", "[[1],2]", "[[1,2]]", "[1,[2]]", "{\"a\":1}", "{\"a\":2}",
            "{\"b\":1}", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", "{\"a\":{\"b\":1}}", "{\"a\":null}", "{\"a\":\"1\"}",
            "[null]", "[null,null]", "9007199254740992", "9007199254740993", "9007199254740994",
            "-9007199254740993", "100000000000000000000", "100000000000000000001", "\"9007199254740993\"",
        ]
        var seen: [Hash128: String] = [:]
        for value in values {
            let hash = Self.hash(.automatedTest, "own", value)
            #expect(hash != nil)
            guard let hash else { continue }
            let same = seen.updateValue(value ?? "absent", forKey: hash)
            #expect(same == nil, "\(value ?? "absent")")
        }
    }

    /// Moving a value to another key, known or not, changes the event.
    @Test func theKeyCounts() {
        let keys = ["own", "Own", "own2", "tipText", "notes", "userId", "", "type ", "verifierId"]
        let hashes = Set(keys.compactMap { Self.hash(.automatedTest, $0, "\"v\"") })
        #expect(hashes.count == keys.count)
    }

    /// A null known to another type only is the sender's own member, and counts.
    @Test func nullsOfOtherTypesCount() {
        #expect(Self.hash(.automatedTest, "tipText", "null") != Self.hash(.automatedTest))
        #expect(Self.hash(.communityTip, "success", "null") != Self.hash(.communityTip))
        #expect(Self.hash(.communityTip, "success", "null") != Self.hash(.communityTip, "notes", "null"))
        #expect(Self.hash(.communityTip, "merchantId", "null") == Self.hash(.communityTip))
    }

    @Test func memberOrderDoesNotCount() {
        var generator = EventGenerator(state: 1)
        for source in EvidenceSource.allCases {
            var members = EventText.base(source) + [("own", #"{"a":[1,{"b":2}]}"#), ("x", "null")]
            let expected = Self.event(EventText.object(members))
            #expect(expected != nil)
            for _ in 0..<50 {
                members.shuffle(using: &generator)
                let shuffled = Self.event(EventText.object(members))
                #expect(shuffled?.identity == expected?.identity)
                #expect(shuffled?.contentHash == expected?.contentHash)
            }
        }
    }

    @Test func aGivenIDIsTheIdentityWhateverTheContent() throws {
        let one = try #require(Self.event(EventText.event(.automatedTest, "eventId", #""id-1""#)))
        let same = try #require(Self.event(EventText.event(.communityTip, "eventId", #""\u0069d-1""#)))
        let other = try #require(Self.event(EventText.event(.automatedTest, "eventId", #""id-2""#)))
        #expect(one.identity == same.identity)
        #expect(one.contentHash != same.contentHash)
        #expect(one.identity != other.identity)
        #expect(one.contentHash == other.contentHash)
        let expected = ([1] + Array("id-1".utf8)).withUnsafeBytes { SipHash.hash128($0, key: EventText.key) }
        #expect(one.identity == expected)
        let without = try #require(Self.event(EventText.event(.automatedTest)))
        #expect(without.contentHash == one.contentHash)
        #expect(without.identity.low == without.contentHash)
        #expect(without.identity != one.identity)
    }

    @Test func theHashKeyCounts() throws {
        let decoder = EventDecoder(hashKey: HashKey(k0: 1, k1: 2), now: EventText.now)
        let text = EventText.event(.automatedTest)
        let other = try decoder.decode(document: Array(text.utf8)).batch.events[0]
        #expect(other.identity != Self.event(text)?.identity)
    }

    /// The identity is part of the log format: this value must not change between versions.
    @Test func staysWhatItWas() throws {
        let event = try #require(Self.event(EventText.event(.communityTip, "own", #"[1,"x",{"y":null}]"#)))
        #expect(event.identity == Hash128(low: 7_328_995_591_041_647_535, high: 7_030_460_188_382_627_212))
    }
}
