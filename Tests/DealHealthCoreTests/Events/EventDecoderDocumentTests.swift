import Testing

@testable import DealHealthCore

/// What surrounds the events: documents, arrays, lines, and where the bytes of an event stand.
@Suite struct EventDecoderDocumentTests {
    @Test(
        arguments: [
            ("[]", 0, []), ("[ \n\t\r]", 0, []),
            ("[1]", 0, ["an event must be a JSON object, got a number"]),
            (
                "[-1.5e3,\"x\",null]", 0,
                [
                    "an event must be a JSON object, got a number", "an event must be a JSON object, got a string",
                    "an event must be a JSON object, got null",
                ]
            ),
            (
                "[true,[[{}]],{}]", 0,
                [
                    "an event must be a JSON object, got a boolean", "an event must be a JSON object, got an array",
                    "missing field `type`",
                ]
            ),
        ] as [(String, Int, [String])])
    func decodesArrays(text: String, accepted: Int, reasons: [String]) throws {
        let (batch, isSingle) = try EventText.decoder.decode(document: Array(text.utf8))
        #expect(!isSingle)
        #expect(batch.events.count == accepted)
        #expect(batch.rejected.map(\.reason) == reasons)
        #expect(batch.rejected.map(\.index) == Array(0..<reasons.count))
    }

    @Test(arguments: ["1", " \"x\" ", "null", "true", "false", "-0.5"])
    func refusesADocumentThatIsNoEventAsOne(text: String) throws {
        let (batch, isSingle) = try EventText.decoder.decode(document: Array(text.utf8))
        #expect(isSingle)
        #expect(batch.events.isEmpty)
        #expect(batch.rejected.count == 1)
        #expect(batch.rejected[0].index == 0)
        #expect(batch.rejected[0].reason.hasPrefix("an event must be a JSON object, got "))
    }

    @Test func keepsIndicesOfAcceptedAndRefused() throws {
        let good = EventText.event(.communityVerification)
        let bad = EventText.event(.communityVerification, "is_valid", nil)
        let text = " [ \(good) ,\(bad),7,\n\(good)\t]\r\n"
        let batch = try EventText.decoder.decode(document: Array(text.utf8)).batch
        #expect(batch.events.map(\.index) == [0, 3])
        #expect(batch.rejected.map(\.index) == [1, 2])
        for event in batch.events {
            #expect(String(decoding: batch.storage[event.received.range], as: UTF8.self) == good)
            #expect(String(decoding: batch.storage[event.dealID.range], as: UTF8.self) == "promo-1")
        }
    }

    @Test func unescapesDealIDsIntoTheStorage() throws {
        let plain = EventText.event(.automatedTest)
        let escaped = EventText.event(.automatedTest, "promotionId", #""\ud83d\ude00 \"\\\/é""#)
        let other = EventText.event(.communityTip, "promotionId", #""a\u00e9""#)
        let document = Array("[\(escaped),\(plain),\(other)]".utf8)
        let batch = try EventText.decoder.decode(document: document).batch
        let ids = batch.events.map { String(decoding: batch.storage[$0.dealID.range], as: UTF8.self) }
        #expect(ids == ["😀 \"\\/é", "promo-1", "aé"])
        #expect(Array(batch.storage.prefix(document.count)) == document)
    }

    @Test func fillsInTheEvent() throws {
        let event = try EventText.decode(EventText.event(.automatedTest, "eventId", #""id-1""#)).get()
        #expect(event.source == .automatedTest)
        #expect(event.works)
        #expect(event.mass == 1)
        #expect(event.merchantID == 4711)
        #expect(event.hasGivenID)
        #expect(event.time.description == "2026-05-24T05:56:52.123456Z")
        let failed = try EventText.decode(EventText.event(.automatedTest, "success", "false")).get()
        #expect(!failed.works && failed.mass == 1 && !failed.hasGivenID)
        let verification = try EventText.decode(EventText.event(.communityVerification)).get()
        #expect(!verification.works)
        #expect(verification.mass == 0.875)
        #expect(verification.merchantID == nil)
        let tip = try EventText.decode(EventText.event(.communityTip)).get()
        #expect(tip.time.description == "2026-05-24T03:56:52.000000Z")
    }

    // MARK: NDJSON

    @Test func decodesLines() {
        let good = EventText.event(.automatedTest)
        let text = "\(good)\n\n  \t\r\n{\"type\":\n\(good)\r\n[]\n\u{FEFF}{}\n{} {}\n \(good)"
        let (batch, next) = EventText.decoder.decode(lines: Array(text.utf8), firstIndex: 10)
        #expect(batch.events.map(\.index) == [10, 12, 16])
        #expect(next == 17)
        #expect(
            batch.rejected == [
                Rejection(index: 11, reason: "malformed JSON: the text ends too early, at byte 8"),
                Rejection(index: 13, reason: "an event must be a JSON object, got an array"),
                Rejection(index: 14, reason: "malformed JSON: byte order mark, at byte 0"),
                Rejection(index: 15, reason: "malformed JSON: something follows the value, at byte 3"),
            ])
        for event in batch.events {
            #expect(String(decoding: batch.storage[event.received.range], as: UTF8.self) == good)
        }
    }

    @Test(arguments: ["", "\n", " ", "\r\n\r\n", "\n\n\n \t"])
    func countsNoBlankLines(text: String) {
        let (batch, next) = EventText.decoder.decode(lines: Array(text.utf8), firstIndex: 3)
        #expect(next == 3)
        #expect(batch.events.isEmpty && batch.rejected.isEmpty)
        #expect(batch.storage == Array(text.utf8))
    }

    /// An event followed by something is accepted and then taken back.
    @Test func takesBackTheEventOfAMalformedLine() {
        let good = EventText.event(.automatedTest)
        let (batch, next) = EventText.decoder.decode(lines: Array("\(good)x\n{}]\n\(good)\n".utf8), firstIndex: 0)
        #expect(batch.events.map(\.index) == [2])
        #expect(batch.rejected.map(\.index) == [0, 1])
        #expect(next == 3)
    }

    @Test func findsLinesOfEveryLength() {
        let lines = (1...40).map { String(repeating: "1", count: $0) }
        let (batch, next) = EventText.decoder.decode(lines: Array(lines.joined(separator: "\n").utf8), firstIndex: 0)
        #expect(next == 40)
        #expect(batch.rejected.map(\.reason).allSatisfy { $0 == "an event must be a JSON object, got a number" })
    }
}
