/// The members of a JSON object, found but not decoded: for an envelope around events, which are decoded where they stand.
public struct JSONMembers: Sendable {
    /// One member.
    public struct Member: Sendable {
        /// The key's value; what is no Unicode in it is U+FFFD.
        public var name: String
        /// Where the value stands in the text, without the white space around it.
        public var value: Range<Int>
    }

    /// In the order of the text; a name may come more than once.
    public let members: [Member]

    /// Reads the text in `range`, by default all of `text`; nil when it is JSON, but no object. O(length).
    ///
    /// - Throws: `MalformedJSON`, with an offset in `range`, when it is not JSON.
    public init?(_ text: [UInt8], in range: Range<Int>? = nil) throws(MalformedJSON) {
        let range = range ?? text.indices
        let result = text.withUnsafeBufferPointer { bytes -> Result<[Member]?, MalformedJSON> in
            guard let base = bytes.baseAddress else { return .failure(MalformedJSON(problem: .empty, offset: 0)) }
            var scanner = JSONScanner(
                bytes: base, position: range.lowerBound, end: range.upperBound, origin: range.lowerBound)
            do throws(MalformedJSON) {
                return .success(try Self.read(&scanner))
            } catch {
                return .failure(error)
            }
        }
        guard let members = try result.get() else { return nil }
        self.members = members
    }

    /// Where the value of the last member of this name stands; nil when there is none.
    public subscript(name: String) -> Range<Int>? {
        members.last { $0.name == name }?.value
    }

    /// The string at `range` of `text`, the place of a value; nil when that is none, or no Unicode.
    public static func string(at range: Range<Int>, of text: [UInt8]) -> String? {
        text.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
            var scanner = JSONScanner(
                bytes: base, position: range.lowerBound, end: range.upperBound, origin: range.lowerBound)
            guard let string = try? scanner.string(), !string.hasInvalidUTF8, !string.hasLoneSurrogate else {
                return nil
            }
            return value(of: string, scanner)
        }
    }

    private static func read(_ scanner: inout JSONScanner) throws(MalformedJSON) -> [Member]? {
        scanner.skipWhitespace()
        guard scanner.position < scanner.end else { throw scanner.failure(.empty) }
        let isObject = scanner.bytes[scanner.position] == UInt8(ascii: "{")
        var members: [Member] = []
        if !isObject {
            try scanner.skipValue()
        } else if try scanner.open(closing: UInt8(ascii: "}")) {
            repeat {
                let name = value(of: try scanner.key(), scanner)
                scanner.skipWhitespace()
                let start = scanner.position
                try scanner.skipValue()
                members.append(Member(name: name, value: start..<scanner.position))
            } while try scanner.comma(orClosing: UInt8(ascii: "}"))
        }
        scanner.skipWhitespace()
        guard scanner.position == scanner.end else { throw scanner.failure(.trailingBytes) }
        return isObject ? members : nil
    }

    private static func value(of string: JSONString, _ scanner: JSONScanner) -> String {
        var value: [UInt8] = []
        string.appendValue(of: scanner.bytes, to: &value)
        return String(decoding: value, as: UTF8.self)
    }
}
