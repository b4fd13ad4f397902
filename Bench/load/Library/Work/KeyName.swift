/// How a key is called: a pattern in which one run of `#` becomes the key's number, with
/// zeros before it up to the length of the run: `deal-####` has `deal-0007`, and `deal-#` has `deal-7`.
public struct KeyName: Sendable, Hashable {
    let prefix: [UInt8]
    let digits: Int
    let suffix: [UInt8]

    /// Nil unless there is exactly one run of `#`, of at most nine, and all else is letters, digits, `-`, `_` or `.`, so that a name needs no
    /// escapes in a path or in JSON.
    public init?(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        guard let start = bytes.firstIndex(of: UInt8(ascii: "#")) else { return nil }
        let end = bytes[start...].firstIndex { $0 != UInt8(ascii: "#") } ?? bytes.endIndex
        guard end - start <= 9 else { return nil }
        prefix = Array(bytes[..<start])
        suffix = Array(bytes[end...])
        digits = end - start
        guard (prefix + suffix).allSatisfy(Self.isPlain) else { return nil }
    }

    /// A prefix and the plain number.
    ///
    /// - Parameter prefix: needs no escapes in a path or in JSON.
    init(prefix: String) {
        (self.prefix, digits, suffix) = (Array(prefix.utf8), 1, [])
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Appends a key's name.
    func append(_ key: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: prefix)
        bytes.append(decimal: key, digits: digits)
        bytes.append(contentsOf: suffix)
    }

    public func text(of key: Int) -> String {
        var bytes: [UInt8] = []
        append(key, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
