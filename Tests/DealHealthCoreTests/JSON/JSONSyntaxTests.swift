import Testing

@testable import DealHealthCore

/// What is JSON (RFC 8259) and what is not, with the place of the fault; by the reader and by the skipper alike.
@Suite struct JSONSyntaxTests {
    @Test(arguments: [
        "0", "-0", "0.0", "-0.0e-0", "1E5", "1e+05", "123456789012345678901234567890", "0e0", #""""#,
        #""\"\\\/\b\f\n\r\t\u0000\uFFFF""#, #""\uD800\uDC00""#, "\"\u{7F}\"", "true", "false", "null", "[]", "{}",
        "[[[]]]", #"{"":{}}"#, "\t\r\n [ 1 , 2 ]\n", #"{ "a" : [ null , true ] , "b" : "" }"#,
    ])
    func accepts(text: String) {
        #expect(Self.failure(text) == nil)
        #expect(Self.skipFailure(text) == nil)
        #expect(Self.skipFailure("[[\(text)],{\"k\":\(text)}]") == nil)
        #expect(EventText.reason(EventText.event(.automatedTest, "own", text)) == nil)
    }

    @Test(
        arguments: [
            ("", .empty, 0), ("  \n", .empty, 3), ("\u{FEFF}{}", .byteOrderMark, 0), ("\u{FEFF}", .byteOrderMark, 0),
            ("{} {}", .trailingBytes, 3), ("[],", .trailingBytes, 2), ("1 x", .trailingBytes, 2),
            ("{}\u{0}", .trailingBytes, 2),
            ("tru", .unexpectedEnd, 3), ("truE", .expectedValue, 3), ("nul", .unexpectedEnd, 3),
            ("fals3", .expectedValue, 4), ("True", .expectedValue, 0), ("NaN", .expectedValue, 0),
            ("[nan]", .expectedValue, 2), ("Infinity", .expectedValue, 0), ("-Infinity", .invalidNumber, 1),
            ("+1", .expectedValue, 0), ("-", .unexpectedEnd, 1), ("[-]", .invalidNumber, 2), ("01", .invalidNumber, 1),
            ("-01", .invalidNumber, 2), ("[1.]", .invalidNumber, 3), ("1.", .unexpectedEnd, 2),
            (".5", .expectedValue, 0),
            ("[1e]", .invalidNumber, 3), ("[1e+]", .invalidNumber, 4), ("1.5.2", .trailingBytes, 3),
            ("0x10", .trailingBytes, 1), ("1e5.5", .trailingBytes, 3), ("'a'", .expectedValue, 0),
            (#"["a"#, .unexpectedEnd, 3), (#"["\x"]"#, .invalidEscape, 3), (#"["\u12G4"]"#, .invalidEscape, 6),
            (#"["\u12"]"#, .invalidEscape, 6), (#"["\U0041"]"#, .invalidEscape, 3), (#"["\'"]"#, .invalidEscape, 3),
            (#"["\ud83d\u00zz"]"#, .invalidEscape, 12), ("[\"a\nb\"]", .controlCharacter, 3),
            ("[\"\t\"]", .controlCharacter, 2), ("[\"aaaaaaaaaaaa\u{0}\"]", .controlCharacter, 14),
            ("[\"\u{1F}\"]", .controlCharacter, 2), ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            ("[1,]", .expectedValue, 3), ("[,1]", .expectedValue, 1), ("[1 2]", .expectedCommaOrEnd, 3),
            ("[1}", .expectedCommaOrEnd, 2), ("]", .expectedValue, 0), ("{", .unexpectedEnd, 1),
            (#"{"a"}"#, .expectedColon, 4), (#"{"a":}"#, .expectedValue, 5), (#"{"a":1,}"#, .expectedKey, 7),
            (#"{,"a":1}"#, .expectedKey, 1), ("{a:1}", .expectedKey, 1), ("{1:1}", .expectedKey, 1),
            ("{null:1}", .expectedKey, 1), (#"{"a":1 "b":2}"#, .expectedCommaOrEnd, 7),
            (#"{"a":1]"#, .expectedCommaOrEnd, 6), (#"{"a" 1}"#, .expectedColon, 5), (#"{"a"::1}"#, .expectedValue, 5),
            ("// x\n1", .expectedValue, 0), ("[1/*x*/]", .expectedCommaOrEnd, 2), ("\u{B}1", .expectedValue, 0),
            ("\u{A0}1", .expectedValue, 0), ("\u{2028}1", .expectedValue, 0), ("[1\u{C}]", .expectedCommaOrEnd, 2),
            (#"[{"type":"x"},}"#, .expectedValue, 14), (#"{"a":{"b":[1,{"c":tru]}]}}"#, .expectedValue, 21),
            (#"[[[1,2],[3}]"#, .expectedCommaOrEnd, 10),
        ] as [(String, MalformedJSON.Problem, Int)])
    func refuses(text: String, problem: MalformedJSON.Problem, offset: Int) {
        let expected = MalformedJSON(problem: problem, offset: offset)
        #expect(Self.failure(text) == expected)
        if problem != .empty, problem != .byteOrderMark, problem != .trailingBytes {
            #expect(Self.skipFailure(text) == expected)
            // The same in the middle of an event that is refused for something else.
            let refused = #"{"a":1,"a":1,"b":"#
            let inner = Self.failure(refused + text + (problem == .unexpectedEnd ? "" : "}"))
            #expect(inner?.problem == problem)
        }
    }

    @Test func saysWhatAndWhere() {
        #expect(
            Self.failure(#"[1,2 3]"#)?.message
                == "malformed JSON: expected ',' or the end of the array or object, at byte 5")
    }

    @Test func nestingStackRemembersEveryLevel() {
        var generator = EventGenerator(state: 3)
        var stack = NestingStack()
        var model: [Bool] = []
        for _ in 0..<20_000 {
            if Int.random(in: 0..<20, using: &generator) < (model.count > 300 ? 6 : 12) {
                let isObject = Bool.random(using: &generator)
                stack.push(isObject: isObject)
                model.append(isObject)
            } else if !model.isEmpty {
                stack.pop()
                model.removeLast()
            }
            #expect(stack.isTopObject == model.last)
            #expect(stack.isEmpty == model.isEmpty)
        }
    }

    /// Why the decoder calls the text malformed; nil if it does not.
    static func failure(_ text: String) -> MalformedJSON? {
        do throws(MalformedJSON) {
            _ = try EventText.decoder.decode(document: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    /// Why the skipper refuses the text, whatever follows the value; nil if it does not.
    static func skipFailure(_ text: String) -> MalformedJSON? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var scanner = JSONScanner(bytes: base, position: 0, end: bytes.count, origin: 0)
            do throws(MalformedJSON) {
                try scanner.skipValue()
                return nil
            } catch {
                return error
            }
        }
    }
}
