/// Why a text is not JSON (RFC 8259), and where.
public struct MalformedJSON: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong; a closed set, so that throwing one allocates nothing.
    enum Problem: UInt8, Sendable {
        case byteOrderMark, controlCharacter, empty, expectedColon, expectedCommaOrEnd, expectedKey, expectedValue
        case invalidEscape, invalidNumber, trailingBytes, unexpectedEnd
    }

    let problem: Problem
    /// The offending byte's place in the text (in NDJSON: in its line), from 0.
    public let offset: Int

    /// A sentence for the sender.
    public var message: String {
        let what =
            switch problem {
            case .byteOrderMark: "byte order mark"
            case .controlCharacter: "unescaped control character in a string"
            case .empty: "empty text"
            case .expectedColon: "expected ':'"
            case .expectedCommaOrEnd: "expected ',' or the end of the array or object"
            case .expectedKey: "expected a key in double quotes"
            case .expectedValue: "expected a value"
            case .invalidEscape: "invalid escape in a string"
            case .invalidNumber: "invalid number"
            case .trailingBytes: "something follows the value"
            case .unexpectedEnd: "the text ends too early"
            }
        return "malformed JSON: \(what), at byte \(offset)"
    }

    public var description: String {
        message
    }
}
