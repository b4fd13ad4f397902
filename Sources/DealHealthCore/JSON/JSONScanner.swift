/// Reads JSON (RFC 8259) token by token from bytes, strictly: what it accepts is JSON, and what it refuses is not.
///
/// What makes a *string* unusable without making the text malformed (invalid UTF-8, lone surrogates) is reported in
/// the `JSONString`, because it refuses one event of many. Borrows the bytes: the pointer MUST outlive the scanner.
struct JSONScanner {
    /// The whole text; read only below `end`.
    let bytes: UnsafePointer<UInt8>
    /// The next byte to read, `[0, end]`.
    var position: Int
    /// Past the last byte to read.
    var end: Int
    /// The place that an error's offset counts from.
    var origin: Int

    /// The error `problem`, found at the current position.
    func failure(_ problem: MalformedJSON.Problem) -> MalformedJSON {
        let isEnd = position >= end && problem != .empty
        return MalformedJSON(problem: isEnd ? .unexpectedEnd : problem, offset: position &- origin)
    }

    /// Skips whitespace and returns the byte after it, without consuming that.
    @inline(__always)
    mutating func nextByte() throws(MalformedJSON) -> UInt8 {
        skipWhitespace()
        guard position < end else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    /// Skips spaces, tabs, line feeds and carriage returns.
    @inline(__always)
    mutating func skipWhitespace() {
        while position < end {
            let byte = bytes[position]
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// Consumes a key, its colon and the whitespace around; the next byte is the value's first.
    @inline(__always)
    mutating func key() throws(MalformedJSON) -> JSONString {
        guard try nextByte() == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
        let key = try string()
        guard try nextByte() == UInt8(ascii: ":") else { throw failure(.expectedColon) }
        position &+= 1
        return key
    }

    /// Consumes what stands after a member or element: true for a comma, false for the closing byte `end`.
    @inline(__always)
    mutating func comma(orClosing closing: UInt8) throws(MalformedJSON) -> Bool {
        let byte = try nextByte()
        guard byte == UInt8(ascii: ",") || byte == closing else { throw failure(.expectedCommaOrEnd) }
        position &+= 1
        return byte != closing
    }

    /// Consumes an opening bracket and, if nothing is inside, the closing one; true if something is inside.
    @inline(__always)
    mutating func open(closing: UInt8) throws(MalformedJSON) -> Bool {
        position &+= 1
        guard try nextByte() == closing else { return true }
        position &+= 1
        return false
    }

    /// Consumes `true`, `false` or `null`, whose first byte is next.
    @inline(__always)
    mutating func literal() throws(MalformedJSON) -> JSONValue.Kind {
        if end &- position >= 4 {
            switch word32(at: position) {
            case 0x6575_7274:  // "true"
                position &+= 4
                return .true
            case 0x6C6C_756E:  // "null"
                position &+= 4
                return .null
            case 0x736C_6166:  // "fals"
                if end &- position >= 5, bytes[position &+ 4] == UInt8(ascii: "e") {
                    position &+= 5
                    return .false
                }
            default: break
            }
        }
        throw literalFailure()
    }

    /// Points at the first byte that does not belong.
    private mutating func literalFailure() -> MalformedJSON {
        let literals: [StaticString] = ["true", "false", "null"]
        guard position < end, let literal = literals.first(where: { $0.utf8Start[0] == bytes[position] }) else {
            return failure(.expectedValue)
        }
        var matched = 0
        while matched < literal.utf8CodeUnitCount, position < end, bytes[position] == literal.utf8Start[matched] {
            matched &+= 1
            position &+= 1
        }
        return failure(.expectedValue)
    }

    /// Four bytes as a little-endian number; they MUST lie before `end`.
    @inline(__always)
    private func word32(at position: Int) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt32.self))
    }

    /// Eight bytes as a little-endian number; they MUST lie before `end`.
    @inline(__always)
    func word64(at position: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self))
    }
}
