import DealHealthCore
import Foundation
import NIOCore
import Testing

@testable import DealHealthServer

@Suite struct JSONWriterTests {
    private static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(capacity: 1)
        body(&json)
        return String(buffer: json.buffer)
    }

    @Test func commasStandBetweenAndNowhereElse() {
        let text = Self.text { json in
            json.beginArray()
            json.beginObject()
            json.key("a")
            json.integer(1)
            json.key("b")
            json.beginArray()
            json.endArray()
            json.key("c")
            json.bool(true)
            json.endObject()
            json.beginObject()
            json.endObject()
            json.null()
            json.raw(Array("{}".utf8))
            json.endArray()
        }
        #expect(text == #"[{"a":1,"b":[],"c":true},{},null,{}]"#)
    }

    @Test func everyAsciiCharacterReadsBack() throws {
        let value = String(decoding: (0...127).map { UInt8($0) }, as: UTF8.self) + "é€😀\u{2028}"
        let text = Self.text { $0.string(value) }
        #expect(text.hasPrefix(#""\u0000\u0001"#) && text.contains(#"\b\t\n\u000b\f\r"#) && text.contains(#"\"#))
        let read = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? String
        #expect(read == value)
    }

    @Test func randomStringsReadBack() throws {
        for length in 0..<64 {
            let scalars = (0..<length).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFF)) }
            let value = String(String.UnicodeScalarView(scalars))
            let data = Data(Self.text { $0.string(value) }.utf8)
            let read = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) as? String
            #expect(read.map { Array($0.utf8) } == Array(value.utf8))
        }
    }

    @Test(arguments: [
        (0.0, "0"), (100.0, "100"), (87.5, "87.5"), (87.25, "87.25"), (87.255001, "87.26"), (0.005, "0.01"),
        (0.004, "0"),
        (99.999, "100"), (3.05, "3.05"), (-0.004, "0"), (-1.5, "-1.5"), (.nan, "null"), (.infinity, "null"),
    ])
    func pointsHaveAtMostTwoDecimals(value: Double, expected: String) {
        #expect(Self.text { $0.points(value) } == expected)
    }

    @Test func allHundredthsAreExact() {
        for hundredths in UInt16(0)...10_000 {
            let exact = Self.text { $0.points(hundredths: hundredths) }
            #expect(exact == Self.text { $0.points(Double(hundredths) / 100) })
            #expect(Double(exact) == Double(hundredths) / 100)
        }
    }

    @Test(arguments: [(0.37496, "0.375"), (0.12344, "0.1234"), (1.0, "1"), (0.00005, "0.0001")])
    func sharesHaveAtMostFourDecimals(value: Double, expected: String) {
        #expect(Self.text { $0.share(value) } == expected)
    }

    @Test(arguments: [
        (0.1, "0.1"), (20.0, "20"), (1e-7, "1e-07"), (.infinity, "null"), (.nan, "null"), (1e300, "1e+300"),
        (-2.5, "-2.5"),
    ])
    func numbersReadBack(value: Double, expected: String) {
        #expect(Self.text { $0.number(value) } == expected)
    }

    @Test func timesAreUTCWithSixDecimals() {
        #expect(
            Self.text { $0.timestamp(Timestamp(microseconds: 1_780_272_000_000_001)) }
                == #""2026-06-01T00:00:00.000001Z""#)
        #expect(Self.text { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(Self.text { $0.integer(Int64.min) } == "-9223372036854775808")
    }
}
