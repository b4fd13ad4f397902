import DealHealthCore
import Testing

@testable import DealHealthLoad

@Suite("Numbers found in an answer")
struct AnswerTextTests {
    private static func look<T>(_ text: String, _ body: (AnswerText) -> T) -> T {
        Array(text.utf8).withUnsafeBytes { body(AnswerText($0)) }
    }

    @Test(
        arguments: [
            (#"{"lsn":12}"#, 12), (#"{"a":1,"lsn": 0,"b":2}"#, 0), (#"{"min_lsn":3,"lsn":4}"#, 4),
            (#"{"lsn":18446744073709551615}"#, UInt64.max), (#"{"lsn":18446744073709551616}"#, nil),
            (#"{"lsn":"1"}"#, nil),
            (#"{"lsn":"#, nil), ("", nil), ("lsn:1", nil), (#"{"lsn":-1}"#, nil),
        ] as [(String, UInt64?)])
    func anInteger(text: String, value: UInt64?) {
        #expect(Self.look(text) { $0.integer("lsn") } == value)
    }

    @Test(
        arguments: [
            (#"{"x":68.75,"y":1}"#, 68.75), (#"{"x":0.3749}"#, 0.3749), (#"{"x":100}"#, 100), (#"{"x":.5}"#, nil),
            (#"{"x":1234567890123456}"#, nil), (#"{"x":null}"#, nil),
        ] as [(String, Double?)])
    func aDecimal(text: String, value: Double?) {
        #expect(Self.look(text) { $0.decimal("x") } == value)
    }

    @Test func aTime() {
        #expect(
            Self.look(#"{"as_of":"1970-01-01T00:00:01Z"}"#) { $0.time("as_of") } == Timestamp(microseconds: 1_000_000))
        #expect(Self.look(#"{"as_of":"1970"#) { $0.time("as_of") } == nil)
        #expect(Self.look(#"{"as_of":"#) { $0.time("as_of") } == nil)
    }
}
