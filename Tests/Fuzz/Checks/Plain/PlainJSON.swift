/// A JSON value as RFC 8259 has it, with all that an event's verdict needs: numbers as they are written, members in order, twins
/// included.
indirect enum PlainJSON: Equatable {
    case null
    case bool(Bool)
    case number(String)
    /// Nil: not a Unicode string, by invalid UTF-8 or half of a surrogate pair.
    case string(String?)
    case array([PlainJSON])
    case object([Member])

    struct Member: Equatable {
        /// Nil as for a string.
        var key: String?
        var value: PlainJSON
    }
}

/// Why a text has no value.
enum PlainJSONError: Error {
    /// It is not JSON.
    case malformed
    /// It nests deeper than this reader, which is recursive, follows.
    case tooDeepToSay
}

/// Reads JSON the slow and obvious way: one byte at a time, one function a production of the grammar, values as a tree.
struct PlainJSONReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    private static let depthMax = 200

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// The text's one value.
    static func document(_ bytes: some Sequence<UInt8>) throws(PlainJSONError) -> PlainJSON {
        var reader = PlainJSONReader(bytes)
        let value = try reader.value()
        try reader.end()
        return value
    }

    /// The byte at the position, 0 at the end: no token begins with it, and no string may hold it.
    private var next: UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    mutating func skipSpace() {
        while next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { position += 1 }
    }

    mutating func end() throws(PlainJSONError) {
        skipSpace()
        if position < bytes.count { throw .malformed }
    }

    /// Takes `character`, after white space; false if another byte is there.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int = 0) throws(PlainJSONError) -> PlainJSON {
        if depth > Self.depthMax { throw .tooDeepToSay }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func members(depth: Int) throws(PlainJSONError) -> [PlainJSON.Member] {
        position += 1
        var members: [PlainJSON.Member] = []
        if take("}") { return members }
        repeat {
            skipSpace()
            let key = try string()
            guard take(":") else { throw .malformed }
            members.append(PlainJSON.Member(key: key, value: try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw .malformed }
        return members
    }

    private mutating func elements(depth: Int) throws(PlainJSONError) -> [PlainJSON] {
        position += 1
        var elements: [PlainJSON] = []
        if take("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw .malformed }
        return elements
    }

    private mutating func literal(_ text: String, _ value: PlainJSON) throws(PlainJSONError) -> PlainJSON {
        guard bytes[position...].starts(with: text.utf8) else { throw .malformed }
        position += text.utf8.count
        return value
    }

    /// `-? (0 | [1-9][0-9]*) (\. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(PlainJSONError) -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(PlainJSONError) {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
        if position == start { throw .malformed }
    }

    /// The string's value; nil if it is none of Unicode.
    private mutating func string() throws(PlainJSONError) -> String? {
        guard next == UInt8(ascii: "\"") else { throw .malformed }
        position += 1
        var value: [UInt8] = []
        var hasLoneSurrogate = false
        while next != UInt8(ascii: "\"") {
            let byte = next
            if byte < 0x20 { throw .malformed }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                continue
            }
            if let scalar = try escape() {
                value.append(contentsOf: String(scalar).utf8)
            } else {
                hasLoneSurrogate = true
            }
        }
        position += 1
        return hasLoneSurrogate ? nil : String(validating: value, as: UTF8.self)
    }

    /// What the rest of an escape stands for, its backslash being read; nil for half of a surrogate pair.
    private mutating func escape() throws(PlainJSONError) -> Unicode.Scalar? {
        let kind = next
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw .malformed
        }
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let afterFirst = position
        if first < 0xDC00, bytes[position...].starts(with: #"\u"#.utf8) {
            position += 2
            let second = try codeUnit()
            if (0xDC00..<0xE000).contains(second) {
                return Unicode.Scalar(0x10000 + (first - 0xD800) * 0x400 + (second - 0xDC00))
            }
            position = afterFirst
        }
        return nil
    }

    private mutating func codeUnit() throws(PlainJSONError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }
        guard digits.count == 4, isHexadecimal,
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .malformed }
        position += 4
        return unit
    }
}
