import Testing

@testable import DealHealthCore

/// Faults that are found while reading: duplicate keys, bad strings, depth, size; and which of several is named.
@Suite struct EventDecoderFaultTests {
    @Test(arguments: [
        (#""type":1"#, "duplicate key `type`"),
        (#""\u0074ype":"AutomatedTestResult""#, "duplicate key `type`"),
        (#""promotion\u0049d":1"#, "duplicate key `promotionId`"),
        (#""errorMessage":null"#, "duplicate key `errorMessage`"),
        (#""eventId":null,"eventId":null"#, "duplicate key `eventId`"),
        (#""own":1,"own":1"#, "duplicate key `own`"),
        (#""own":1,"\u006fwn":1"#, "duplicate key `own`"),
        (#""":1,"":2"#, "duplicate key ``"),
        (#""😀":1,"\ud83d\ude00":1"#, "duplicate key `😀`"),
        (#""own":{"a":{"x":1,"x":2}}"#, "duplicate key `x` inside `own`"),
        (#""own":[{"x":1},{"x":2},{"y":1,"y":[]}]"#, "duplicate key `y` inside `own`"),
    ])
    func refusesDuplicateKeys(members: String, reason: String) {
        let event = String(EventText.event(.automatedTest).dropLast()) + "," + members + "}"
        #expect(EventText.reason(event) == reason)
    }

    @Test func acceptsTheSameKeyInDifferentObjects() {
        #expect(EventText.reason(EventText.event(.automatedTest, "own", #"{"x":{"x":[{"x":1},{"x":1}]}}"#)) == nil)
    }

    @Test func findsTheDuplicateAmongManyKeys() {
        for count in [15, 16, 17, 18, 40, 5_000] {
            let keys = (0..<count).map { "\"k\($0)\":0" }
            let members = keys.joined(separator: ",")
            #expect(EventText.reason(EventText.event(.automatedTest, "own", "{\(members)}")) == nil)
            let last = "{\(members),\"k\(count - 1)\":0}"
            #expect(
                EventText.reason(EventText.event(.automatedTest, "own", last))
                    == "duplicate key `k\(count - 1)` inside `own`")
            let first = "{\(members),\"\\u006b0\":0}"
            #expect(
                EventText.reason(EventText.event(.automatedTest, "own", first)) == "duplicate key `k0` inside `own`")
            let own = String(EventText.event(.automatedTest).dropLast()) + ",\(members)"
            #expect(EventText.reason(own + "}") == nil)
            #expect(EventText.reason(own + ",\"k0\":0}") == "duplicate key `k0`")
        }
    }

    /// Table 3-7 of The Unicode Standard, from both sides; the closing quote of a broken string is still found.
    @Test func refusesInvalidUTF8Alone() throws {
        let invalid: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC2, 0xC2, 0xA9],
        ]
        let good = Array(EventText.event(.automatedTest).utf8)
        for sequence in invalid {
            for prefix in ["", "a", "a longer prefix", "é\\n"] {
                let text = #"{"notes":""# + prefix
                let event = Array(text.utf8) + sequence + Array("\",".utf8) + good.dropFirst()
                let document = Array("[".utf8) + event + Array(",".utf8) + good + Array("]".utf8)
                let batch = try EventText.decoder.decode(document: document).batch
                #expect(batch.rejected == [Rejection(index: 0, reason: "`notes` is not valid UTF-8")])
                #expect(batch.events.map(\.index) == [1])
            }
            let key = Array("{\"k".utf8) + sequence + Array("\":1,".utf8) + good.dropFirst()
            #expect(EventText.decode(key) == .failure(EventOutcome("a key is not valid UTF-8")))
        }
        for scalar in ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
            #expect(EventText.reason(EventText.event(.automatedTest, "own", "\"\(scalar)\"")) == nil)
        }
    }

    @Test func namesTheFirstFaultInReadingOrder() {
        let twice = #"{"b":1,"b":2,"c":"\ud800","c":0,"#
        #expect(
            EventText.reason(twice + EventText.event(.automatedTest, "type", "0").dropFirst()) == "duplicate key `b`")
        let surrogate = #"{"c":"\ud800","b":1,"b":2,"#
        #expect(
            EventText.reason(surrogate + EventText.event(.automatedTest).dropFirst())
                == "`c` has half of a surrogate pair")
        let missing = #"{"type":"CommunityTip","tipText":5}"#
        #expect(EventText.reason(missing) == "missing field `promotionId`")
        #expect(EventText.reason("{}") == "missing field `type`")
    }

    @Test func takesTypeInAnyPlace() {
        for source in EvidenceSource.allCases {
            let members = EventText.base(source)
            #expect(EventText.reason(EventText.object(members.reversed())) == nil)
        }
    }

    /// An event is one level itself.
    @Test func refusesDepthPastTheLimitAndCountsTheNextEvent() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        let limit = Limits.jsonDepthMax - 1
        #expect(EventText.reason(EventText.event(.automatedTest, "own", nested(limit, "[", "]"))) == nil)
        #expect(EventText.reason(EventText.event(.automatedTest, "own", nested(limit, #"{"a":"#, "}"))) == nil)
        let good = EventText.event(.communityTip)
        for depth in [limit + 1, limit + 2, 63, 64, 65, 128, 129, 5_000] {
            for (open, close) in [("[", "]"), (#"{"a":"#, "}"), (#"[{"]}":[0,"#, "]}]")] {
                let deep = EventText.event(.automatedTest, "own", nested(depth, open, close))
                let batch = try EventText.decoder.decode(document: Array("[\(deep),\(good)]".utf8)).batch
                let reason =
                    deep.utf8.count > Limits.eventBytesMax
                    ? batch.rejected[0].reason : "`own` is nested too deep: an event may nest 32 levels"
                #expect(batch.rejected == [Rejection(index: 0, reason: reason)])
                #expect(batch.events.map(\.index) == [1])
            }
        }
    }

    @Test func refusesEventsPastTheSizeLimit() throws {
        let overhead = EventText.event(.automatedTest, "own", "\"\"").utf8.count
        let room = Limits.eventBytesMax - overhead
        let largest = EventText.event(.automatedTest, "own", "\"\(String(repeating: "x", count: room))\"")
        #expect(largest.utf8.count == Limits.eventBytesMax)
        #expect(EventText.reason(largest) == nil)
        let larger = EventText.event(.automatedTest, "own", "\"\(String(repeating: "x", count: room + 1))\"")
        #expect(EventText.reason(larger) == "an event must be at most 131072 bytes long")
        // Whitespace counts, wherever it stands.
        #expect(EventText.reason(largest.dropLast() + " }") == "an event must be at most 131072 bytes long")
        let batch = EventText.decoder.decode(lines: Array((larger + "\n" + largest).utf8), firstIndex: 5).batch
        #expect(batch.rejected == [Rejection(index: 5, reason: "an event must be at most 131072 bytes long")])
        #expect(batch.events.map(\.index) == [6])
    }

    @Test func cutsWhatItRepeats() throws {
        let long = String(repeating: "é", count: 500)
        let reason = try #require(EventText.reason(EventText.event(.automatedTest, "type", "\"\(long)\"")))
        #expect(reason.hasSuffix("got \"\(String(repeating: "é", count: 32))…\""))
        let number = String(repeating: "9", count: 500)
        let numberReason = try #require(EventText.reason(EventText.event(.automatedTest, "merchantId", number)))
        #expect(numberReason.hasSuffix("got \(String(repeating: "9", count: 64))…"))
    }
}
