extension JSONScanner {
    /// Consumes a string, whose opening quote is next; O(length), eight bytes at a time where they are plain.
    @inline(__always)
    mutating func string() throws(MalformedJSON) -> JSONString {
        let start = position &+ 1
        var cursor = start
        while cursor &+ 8 <= end {
            let special = Self.specialBytes(word64(at: cursor))
            guard special != 0 else {
                cursor &+= 8
                continue
            }
            cursor &+= special.trailingZeroBitCount >> 3
            guard bytes[cursor] == UInt8(ascii: "\"") else { break }
            position = cursor &+ 1
            return JSONString(start: start, end: cursor)
        }
        return try stringSlowly(start: start, from: cursor)
    }

    /// Goes on from `cursor`, up to which the string is plain ASCII, byte by byte where it must.
    private mutating func stringSlowly(start: Int, from cursor: Int) throws(MalformedJSON) -> JSONString {
        var string = JSONString(start: start, end: start)
        position = cursor
        while position < end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                string.end = position
                position &+= 1
                return string
            case UInt8(ascii: "\\"):
                string.hasEscapes = true
                try escape(&string)
            case 0..<0x20:
                throw failure(.controlCharacter)
            case 0x80...:
                let length = UTF8Validation.sequenceLength(bytes, at: position, end: end)
                // An invalid sequence may break off before the closing quote: look at every byte of it anew.
                if length == 0 { string.hasInvalidUTF8 = true }
                position &+= max(length, 1)
            default:
                position &+= 1
                skipPlainBytes()
            }
        }
        throw failure(.unexpectedEnd)
    }

    /// Consumes one escape, or two that make a surrogate pair; the backslash is next.
    private mutating func escape(_ string: inout JSONString) throws(MalformedJSON) {
        position &+= 1
        guard position < end else { throw failure(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 1
        case UInt8(ascii: "u"):
            position &+= 1
            let unit = try codeUnit()
            if JSONString.isLowSurrogate(unit) {
                string.hasLoneSurrogate = true
            } else if JSONString.isHighSurrogate(unit) {
                guard end &- position >= 2, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position &+ 1] == UInt8(ascii: "u")
                else {
                    string.hasLoneSurrogate = true
                    return
                }
                let afterHigh = position
                position &+= 2
                // What follows may be the high half of another pair: leave it to the next turn.
                if !JSONString.isLowSurrogate(try codeUnit()) {
                    string.hasLoneSurrogate = true
                    position = afterHigh
                }
            }
        default:
            throw failure(.invalidEscape)
        }
    }

    /// Consumes four hexadecimal digits.
    private mutating func codeUnit() throws(MalformedJSON) -> UInt16 {
        if let unit = JSONString.hexadecimal(bytes, at: position, end: end) {
            position &+= 4
            return unit
        }
        while position < end, Self.isHexadecimal(bytes[position]) { position &+= 1 }
        throw failure(.invalidEscape)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Skips bytes that stand for themselves, eight at a time.
    @inline(__always)
    private mutating func skipPlainBytes() {
        while position &+ 8 <= end {
            let special = Self.specialBytes(word64(at: position))
            guard special == 0 else {
                position &+= special.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
    }

    /// The high bit of every byte that is a quote, a backslash, below 0x20 or above 0x7F. Above the lowest such byte
    /// the result may name others too: a borrow passes only through a byte that is itself named.
    @inline(__always)
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = word &- (ones &* 0x20)
        let quotes = (word ^ (ones &* 0x22)) &- ones
        let backslashes = (word ^ (ones &* 0x5C)) &- ones
        return (controls | quotes | backslashes | word) & (ones &* 0x80)
    }
}
