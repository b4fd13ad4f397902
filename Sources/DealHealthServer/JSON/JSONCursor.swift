import DealHealthCore

/// Puts bytes one after the other into space that was reserved for them.
struct JSONCursor {
    private let space: UnsafeMutableRawBufferPointer
    /// Bytes put so far. *Invariant:* at most `space.count`.
    private(set) var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) {
        self.space = space
    }

    /// Puts one byte; there MUST be room (checked: an overrun is a trap, not a corruption).
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        precondition(count < space.count, "more is written than was reserved")
        space[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= space.count - count, "more is written than was reserved")
        UnsafeMutableRawBufferPointer(rebasing: space[count...]).copyMemory(from: bytes)
        count &+= bytes.count
    }

    /// Takes back all but the first `count` bytes.
    mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "bytes that were put can be taken back")
        self.count = count
    }

    /// Replaces the three bytes at `index` by the digits of `value`, which MUST be in [100, 999].
    mutating func overwrite(at index: Int, threeDigits value: Int) {
        precondition(value >= 100 && value <= 999, "the place has three digits")
        precondition(index >= 0 && index + 3 <= count, "the place was put before")
        space[index] = UInt8(truncatingIfNeeded: 48 + value / 100)
        space[index + 1] = UInt8(truncatingIfNeeded: 48 + value / 10 % 10)
        space[index + 2] = UInt8(truncatingIfNeeded: 48 + value % 10)
    }

    /// Puts the decimal digits of `value`, at least `width` of them.
    mutating func append(decimal value: UInt64, width: Int = 1) {
        var digits = 1
        var limit: UInt64 = 10
        while value >= limit, digits < 20 {
            digits &+= 1
            limit &*= 10
        }
        digits = max(digits, width)
        precondition(digits <= space.count - count, "more is written than was reserved")
        var index = count &+ digits
        var rest = value
        // Back to front, two digits at a time: division by a constant is a multiplication.
        while index >= count &+ 2 {
            index &-= 2
            space.storeBytes(of: TwoDigits.text(rest % 100), toByteOffset: index, as: UInt16.self)
            rest /= 100
        }
        if index > count { space[index &- 1] = UInt8(truncatingIfNeeded: 48 &+ rest) }
        count &+= digits
    }

    /// RFC 3339 in quotation marks, always UTC, always six decimals.
    mutating func append(_ value: Timestamp) {
        append(UInt8(ascii: "\""))
        precondition(Timestamp.rfc3339BytesCount <= space.count - count, "more is written than was reserved")
        value.writeRFC3339(to: UnsafeMutableRawBufferPointer(rebasing: space[count...]))
        count &+= Timestamp.rfc3339BytesCount
        append(UInt8(ascii: "\""))
    }

    // MARK: strings

    /// Bytes of the longest escape of a byte: `\u0000`.
    static let escapeBytesMax = 6

    /// Bytes that `appendQuoted` puts, exactly.
    static func quotedBytesCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        var count = bytes.count + 2
        for byte in bytes where needsEscape(byte) { count += 5 }
        return count
    }

    /// Puts a string in quotation marks.
    mutating func appendQuoted(_ bytes: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        if bytes.contains(where: Self.needsEscape) {
            for byte in bytes {
                if Self.needsEscape(byte) { appendEscape(of: byte) } else { append(byte) }
            }
        } else {
            append(bytes)
        }
        append(UInt8(ascii: "\""))
    }

    /// What RFC 8259 §7 says must be escaped: quotation mark, reverse solidus, and U+0000 to U+001F.
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u00")
            append(byte >> 4 &+ UInt8(ascii: "0"))
            append(byte & 15 < 10 ? byte & 15 &+ UInt8(ascii: "0") : byte & 15 &- 10 &+ UInt8(ascii: "a"))
        }
    }
}
