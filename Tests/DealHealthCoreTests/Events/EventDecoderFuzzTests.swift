import Testing

@testable import DealHealthCore

/// Inputs nobody would send by mistake: no trap, no quadratic time, nothing lost or counted twice.
@Suite struct EventDecoderFuzzTests {
    /// Decodes both ways and checks what must hold of any answer.
    static func check(_ bytes: [UInt8]) {
        let (lines, next) = EventText.decoder.decode(lines: bytes, firstIndex: 0)
        check(lines)
        if lines.events.count + lines.rejectedCount != next { Issue.record("\(next) lines of \(bytes)") }
        let indices = (lines.events.map(\.index) + lines.rejected.map(\.index)).sorted()
        if lines.rejectedCount == lines.rejected.count, indices != Array(0..<next) {
            Issue.record("indices \(indices) of \(bytes)")
        }
        do throws(MalformedJSON) {
            check(try EventText.decoder.decode(document: bytes).batch)
        } catch {
            if error.offset < 0 || error.offset > bytes.count { Issue.record("offset \(error.offset) of \(bytes)") }
        }
    }

    static func check(_ batch: EventBatch) {
        for event in batch.events {
            let isSound =
                event.mass >= 0 && event.mass <= 1 && event.received.range.upperBound <= batch.storage.count
                && event.dealID.range.upperBound <= batch.storage.count && event.dealID.count >= 1
                && event.dealID.count <= 255 && batch.storage[Int(event.received.start)] == UInt8(ascii: "{")
                && batch.storage[event.received.range.upperBound - 1] == UInt8(ascii: "}")
            if !isSound { Issue.record("\(event)") }
        }
    }

    @Test func everyPrefixOfADocumentIsMalformed() {
        let events = EvidenceSource.allCases.map {
            EventText.event($0, "own", #"{"é":[1.5e-3,-0,true,false,null,"\ud83d\ude00é"],"":{}}"#)
        }
        for document in [events[0], events[1], events[2], "[ " + events.joined(separator: " ,\n") + "]"] {
            let bytes = Array(document.utf8)
            #expect(throws: Never.self) { try EventText.decoder.decode(document: bytes) }
            for length in 0..<bytes.count {
                do throws(MalformedJSON) {
                    _ = try EventText.decoder.decode(document: Array(bytes[..<length]))
                    Issue.record("accepted \(length) bytes of \(document)")
                } catch {
                    #expect(error.problem == (length == 0 ? .empty : .unexpectedEnd))
                    #expect(error.offset <= length)
                }
            }
        }
    }

    @Test func randomBytes() {
        var generator = EventGenerator(state: 7)
        let alphabet = Array("{}[]\":,\\u0dD89eE+-.truefalsn \n\u{1}é\u{7F}".utf8) + [0xFF, 0xED, 0xA0]
        for _ in 0..<100_000 {
            let isJSONLike = Bool.random(using: &generator)
            let count = Int.random(in: 0...24, using: &generator)
            let bytes = (0..<count).map { _ in
                isJSONLike
                    ? alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                    : UInt8.random(in: 0...255, using: &generator)
            }
            Self.check(bytes)
        }
    }

    @Test func mutatedEvents() {
        var generator = EventGenerator(state: 8)
        let events = EvidenceSource.allCases.map {
            EventText.event($0, "own", #"{"a":[1.5e-3,"\ud83d\ude00é"]}"#)
        }
        let document = Array("[\(events.joined(separator: ","))]".utf8)
        for _ in 0..<20_000 {
            var bytes = document
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: position)
                default: bytes[position] = bytes[Int.random(in: 0..<bytes.count, using: &generator)]
                }
            }
            Self.check(bytes)
        }
    }

    /// Each would take minutes, or overflow the stack, in a decoder that is quadratic or recursive.
    @Test(.timeLimit(.minutes(1))) func bombs() {
        let good = EventText.event(.automatedTest)
        let many = 100_000
        func repeated(_ text: String, _ count: Int = 100_000) -> String {
            String(repeating: text, count: count)
        }
        let keys = (0..<many).map { "\"\($0)\":0" }.joined(separator: ",")
        let bombs = [
            repeated("["), repeated("{\"a\":"), repeated("{\"a\":["), repeated("[") + repeated("]"),
            "{\"a\":" + repeated("["), "{\"a\":" + repeated("[") + repeated("]") + "}",
            "[" + repeated("[],") + "[]]", "[" + repeated("0,", 500_000) + "0]", "[" + repeated("{},") + good + "]",
            "{\(keys)}", "{\"a\":{\(keys)}}", "{" + repeated("\"a\":0,") + "\"a\":0}",
            "{\"a\":[" + repeated("{\"b\":1,\"b\":1},") + "0]}", repeated("\"", 1 << 20), repeated("\\", 1 << 20),
            "\"" + repeated("\\", 1 << 20) + "\"", "\"" + repeated("\\ud83d", 1 << 17) + "\"", repeated(" ", 1 << 20),
            repeated("9", 1 << 20), "{\"discountValue\":" + repeated("9") + "}", "-0." + repeated("0", 1 << 20) + "1",
            "{\"discountValue\":1e" + repeated("9") + "}", "{\"" + repeated("k", 1 << 20) + "\":1}",
            "{\"promotionId\":\"" + repeated("\\u0041") + "\"}", repeated("\n", 1 << 20), repeated("1\n", 1 << 19),
        ]
        for bomb in bombs { Self.check(Array(bomb.utf8)) }
        var generator = EventGenerator(state: 9)
        Self.check((0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) })
        Self.check([UInt8](repeating: 0xFF, count: 1 << 20))
        Self.check(Array("\"".utf8) + [UInt8](repeating: 0xE2, count: 1 << 20) + Array("\"".utf8))
    }
}
