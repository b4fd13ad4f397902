/// A string of the text, found but not copied: where its content stands, and what was seen while scanning it.
struct JSONString {
    /// The content between the quotes, `[start, end)`.
    var start: Int
    var end: Int
    /// Whether the content differs from the string's value.
    var hasEscapes = false
    /// Whether the content is not well-formed UTF-8.
    var hasInvalidUTF8 = false
    /// Whether an escape names half of a surrogate pair without the other half: not a Unicode string.
    var hasLoneSurrogate = false

    /// Appends the string's value, in UTF-8, to `output`. A lone surrogate becomes U+FFFD. O(length).
    func appendValue(of bytes: UnsafePointer<UInt8>, to output: inout [UInt8]) {
        var position = start
        while position < end {
            let run = position
            while position < end, bytes[position] != UInt8(ascii: "\\") { position &+= 1 }
            output.append(contentsOf: UnsafeBufferPointer(start: bytes + run, count: position &- run))
            // The scanner accepted this string, so that an escape is whole; the checks are a second fence.
            guard end &- position >= 2 else { return }
            let kind = bytes[position &+ 1]
            position &+= 2
            switch kind {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"): Self.appendScalar(of: bytes, position: &position, end: end, to: &output)
            default: output.append(kind)
            }
        }
    }

    /// Appends the scalar whose four hexadecimal digits stand at `position`, taking a surrogate pair together.
    private static func appendScalar(
        of bytes: UnsafePointer<UInt8>, position: inout Int, end: Int, to output: inout [UInt8]
    ) {
        guard let unit = hexadecimal(bytes, at: position, end: end) else { return }
        position &+= 4
        var value = UInt32(unit)
        if isHighSurrogate(unit), end &- position >= 6, bytes[position] == UInt8(ascii: "\\"),
            bytes[position &+ 1] == UInt8(ascii: "u"),
            let low = hexadecimal(bytes, at: position &+ 2, end: end), isLowSurrogate(low)
        {
            position &+= 6
            value = 0x10000 &+ (UInt32(unit) &- 0xD800) << 10 &+ (UInt32(low) &- 0xDC00)
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// The value of four hexadecimal digits at `position`; nil if they are not there.
    static func hexadecimal(_ bytes: UnsafePointer<UInt8>, at position: Int, end: Int) -> UInt16? {
        guard end &- position >= 4 else { return nil }
        var value: UInt16 = 0
        for offset in 0..<4 {
            let byte = bytes[position &+ offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    static func isHighSurrogate(_ unit: UInt16) -> Bool {
        unit & 0xFC00 == 0xD800
    }

    static func isLowSurrogate(_ unit: UInt16) -> Bool {
        unit & 0xFC00 == 0xDC00
    }
}
