import Testing

@testable import DealHealthCore

@Suite struct JSONMembersTests {
    private static func values(_ text: String) throws -> [String]? {
        let bytes = Array(text.utf8)
        return try JSONMembers(bytes)?.members.map { "\($0.name)=\(String(decoding: bytes[$0.value], as: UTF8.self))" }
    }

    @Test(arguments: [
        ("{}", []), (" { \n} ", []), (#"{"a":1}"#, ["a=1"]),
        (#" {"a" : [1, {"b":2}] , "c":"x\"y" } "#, ["a=[1, {\"b\":2}]", #"c="x\"y""#]),
        (#"{"\u00e9\n":null,"":false}"#, ["é\n=null", "=false"]), (#"{"a":1,"a":2}"#, ["a=1", "a=2"]),
    ])
    func membersAreFoundWhereTheyStand(text: String, expected: [String]) throws {
        #expect(try Self.values(text) == expected)
    }

    @Test(arguments: ["[]", "1", #""a""#, "null", " true "])
    func otherJSONIsNoObject(text: String) throws {
        #expect(try Self.values(text) == nil)
    }

    @Test(arguments: [
        "", " ", "{", "{}x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, "[", #"{"a":01}"#, "{\"a\":\"\n\"}",
    ])
    func whatIsNoJSONThrows(text: String) {
        #expect(throws: MalformedJSON.self) { try Self.values(text) }
    }

    @Test func aPartIsReadAndItsOffsetsCountFromItsStart() throws {
        let bytes = Array(#"xx{"a":{"b":7}}"#.utf8)
        let outer = try #require(try JSONMembers(bytes, in: 2..<bytes.count))
        let inner = try #require(try JSONMembers(bytes, in: outer["a"]))
        #expect(inner["b"].map { String(decoding: bytes[$0], as: UTF8.self) } == "7")
        #expect(throws: MalformedJSON(problem: .expectedKey, offset: 1)) {
            try JSONMembers(Array("xx{7}".utf8), in: 2..<5)
        }
    }

    @Test(arguments: [(#""a\u00e9\n""#, "aé\n"), ("1", nil), (#""\ud800""#, nil), ("\"\u{1F600}\"", "😀")])
    func stringsAreDecoded(text: String, expected: String?) {
        let bytes = Array(text.utf8)
        #expect(JSONMembers.string(at: bytes.indices, of: bytes) == expected)
    }

    @Test func refusedEventsLeaveTheBatchInOrder() throws {
        let event =
            #"{"type":"AutomatedTestResult","promotionId":"ID","timestamp":"2026-01-01T00:00:00Z","merchantId":1,"success":true,"discountValue":1}"#
        let texts = ["a", "b", "c"].map { event.replacing("ID", with: $0) }
        let document = "[\(texts[0]),7,\(texts[1]),\(texts[2])]"
        let decoder = EventDecoder(hashKey: HashKey(k0: 1, k1: 2), now: Timestamp(microseconds: 1_800_000_000_000_000))
        var (batch, _) = try decoder.decode(document: Array(document.utf8))
        batch.refuse { _, dealID in dealID.elementsEqual("a".utf8) || dealID.elementsEqual("c".utf8) ? "no" : nil }
        #expect(batch.events.map(\.index) == [2] && batch.rejectedCount == 3)
        #expect(batch.rejected.map(\.index) == [0, 1, 3])
    }
}
