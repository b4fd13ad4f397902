/// Reads the head of a request byte by byte, for `OrdinaryRequest`.
struct HeadScanner {
    /// Why reading cannot go on.
    enum Stop: Error {
        /// The bytes end here; more may follow.
        case end
        /// A byte that ordinary form does not allow.
        case odd
    }

    let bytes: UnsafeRawBufferPointer
    /// The next byte's place. *Invariant:* in [0, bytes.count].
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next byte, which stays unread.
    @inline(__always)
    func peek() throws(Stop) -> UInt8 {
        guard position < bytes.count else { throw .end }
        return bytes[position]
    }

    /// Reads bytes for as long as `isAllowed` holds; the range of them, which may be empty. Throws `end` when all were.
    @inline(__always)
    mutating func run(while isAllowed: (UInt8) -> Bool) throws(Stop) -> Range<Int> {
        let start = position
        while position < bytes.count {
            if !isAllowed(bytes[position]) { return start..<position }
            position &+= 1
        }
        throw .end
    }

    /// Reads printable ASCII and tabs, eight bytes at a time as long as there are no others: the values of fields are most of a head. The
    /// range of them, which may be empty. Throws `end` when all were.
    @inline(__always)
    mutating func runOfPrintable() throws(Stop) -> Range<Int> {
        let start = position
        while position &+ 8 <= bytes.count,
            Self.isPrintable(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        {
            position &+= 8
        }
        _ = try run { $0 >= 0x20 && $0 < 0x7F || $0 == UInt8(ascii: "\t") }
        return start..<position
    }

    /// Whether each of eight bytes is in [0x20, 0x7E] (S. E. Anderson, "Bit Twiddling Hacks", a word with a byte less than n). Tabs are not.
    @inline(__always)
    private static func isPrintable(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let isLess = (word &- ones &* 0x20) & ~word
        let isDelete = (word ^ ones &* 0x7F) &- ones
        return (isLess | isDelete & ~(word ^ ones &* 0x7F) | word) & tops == 0
    }

    /// Reads exactly `text`.
    @inline(__always)
    mutating func expect(_ text: StaticString) throws(Stop) {
        let start = text.utf8Start
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == start[index] else { throw .odd }
            position &+= 1
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes in `range` are `text`; letters in `text` MUST be small, those in the bytes may be either.
    func equalsIgnoringCase(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let start = text.utf8Start
        for index in 0..<range.count {
            let byte = self[range.lowerBound + index]
            let small = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
            if small != start[index] { return false }
        }
        return true
    }

    /// Whether the bytes in `range` are `text`, letter for letter.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && has(text, at: range.lowerBound)
    }

    /// Whether `text` stands at `offset`, letter for letter.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        let start = text.utf8Start
        for index in 0..<text.utf8CodeUnitCount where self[offset + index] != start[index] { return false }
        return true
    }
}
