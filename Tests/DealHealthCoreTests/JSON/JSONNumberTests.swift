import Testing

@testable import DealHealthCore

/// Numbers have the value that the standard library gives them, to the last bit.
@Suite struct JSONNumberTests {
    static func number(_ text: String) -> (value: Double, int64: Int64?)? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var scanner = JSONScanner(bytes: base, position: 0, end: bytes.count, origin: 0)
            guard let number = try? scanner.number(), scanner.position == bytes.count else { return nil }
            return (number.value(in: base), number.int64)
        }
    }

    static func check(_ text: String) {
        guard let (value, int64) = number(text), let expected = Double(text) else {
            Issue.record("\(text)")
            return
        }
        if value.bitPattern != expected.bitPattern { Issue.record("\(text): \(value), not \(expected)") }
        if int64 != Int64(text) { Issue.record("\(text): \(String(describing: int64))") }
    }

    @Test(arguments: [
        "0", "-0", "0.0", "1", "-1", "0.1", "0.3", "123456789.123456789", "9007199254740991", "9007199254740992",
        "9007199254740993", "9007199254740993.0", "18446744073709551615", "18446744073709551616",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "9999999999999999999",
        "1e22", "1e23", "1e-22", "1e-23", "8.5e-323", "4.9e-324", "2.4e-324", "2.5e-324", "2.2250738585072011e-308",
        "1.7976931348623157e308", "1.7976931348623159e308", "1e400", "-1e400", "1e-400", "0e999999999999999999999",
        "0.00000000000000000000000000000000001", "1000000000000000000000000000000000000000000",
        "0.8734523412341234", "0.1000000000000000055511151231257827", "9.5367431640625e-7",
        "0.50000000000000011102230246251565404", "123456789012345678e-18", "1.00000000000000011102230246251565",
    ])
    func knownHardCases(text: String) {
        Self.check(text)
    }

    /// Shortest forms of random doubles, as producers write them, and random digits around the paths' bounds.
    @Test func randomNumbers() {
        var generator = EventGenerator(state: 5)
        for _ in 0..<30_000 {
            Self.check("\(Double.random(in: 0..<1, using: &generator))")
            Self.check("\(Double.random(in: -100...100, using: &generator))")
            let bits = Double(bitPattern: generator.next())
            if bits.isFinite { Self.check("\(bits)") }
            let digits = Int.random(in: 1...24, using: &generator)
            var text = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
            text = text.drop { $0 == "0" } + "0"
            if Bool.random(using: &generator) {
                text.insert(".", at: text.index(text.startIndex, offsetBy: 1))
                if text.hasSuffix(".") { text += "5" }
            }
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -30...30, using: &generator))" }
            Self.check(Bool.random(using: &generator) ? text : "-" + text)
        }
    }
}
