import Glibc

/// As much of a response's head (RFC 9112) as it takes to know where the response ends.
struct ResponseHead {
    /// How the body ends.
    enum Framing {
        case length(Int)
        case chunked
        /// The connection's end is the body's.
        case connectionEnd
    }

    /// This is no HTTP/1 response.
    struct Malformed: Error {}

    /// Bytes, up to and with the empty line.
    let length: Int
    let status: Int
    let framing: Framing
    /// The server ends the connection after it.
    let closes: Bool
    /// `Retry-After` in seconds; nil without one, or where it is a date.
    let retryAfter: Int?

    var isInterim: Bool { status < 200 }

    /// Reads the head that begins there; nil while it is not whole.
    static func scan(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> ResponseHead? {
        guard let base = bytes.baseAddress, let lineEnd = memchr(base, newline, bytes.count) else { return nil }
        let status = try statusCode(bytes)
        var line = UnsafeRawPointer(lineEnd) + 1
        let end = base + bytes.count
        // HTTP/1.0 ends connections unless it says otherwise.
        var closes = bytes[7] == UInt8(ascii: "0")
        var framing = Framing.connectionEnd
        var retryAfter: Int?
        while true {
            guard let lineEnd = memchr(line, newline, end - line) else { return nil }
            let field = UnsafeRawBufferPointer(start: line, count: UnsafeRawPointer(lineEnd) - UnsafeRawPointer(line))
            line = UnsafeRawPointer(lineEnd) + 1
            guard let first = field.first, first != UInt8(ascii: "\r") else { break }
            switch first | 0x20 {
            case UInt8(ascii: "c"):
                if let value = value(of: "content-length:", in: field) {
                    guard let length = decimal(value) else { throw Malformed() }
                    framing = .length(length)
                } else if let value = value(of: "connection:", in: field) {
                    if begins(value, with: "close") { closes = true }
                    if begins(value, with: "keep-alive") { closes = false }
                }
            case UInt8(ascii: "t"):
                if value(of: "transfer-encoding:", in: field) != nil { framing = .chunked }
            case UInt8(ascii: "r"):
                retryAfter = value(of: "retry-after:", in: field).flatMap(decimal) ?? retryAfter
            default: break
            }
        }
        if status < 200 || status == 204 || status == 304 { framing = .length(0) }
        if case .connectionEnd = framing { closes = true }
        return ResponseHead(
            length: line - base, status: status, framing: framing, closes: closes, retryAfter: retryAfter)
    }

    private static let newline = Int32(UInt8(ascii: "\n"))

    /// Of "HTTP/1.1 200 …".
    private static func statusCode(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Int {
        guard bytes.count >= 12, begins(bytes, with: "http/1."), bytes[8] == UInt8(ascii: " ") else {
            throw Malformed()
        }
        guard let status = decimal(UnsafeRawBufferPointer(rebasing: bytes[9..<12])), (100...599).contains(status) else {
            throw Malformed()
        }
        return status
    }

    /// What follows a field's name, given in lower case with its colon, without spaces around it; nil in other fields.
    private static func value(of name: StaticString, in field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard begins(field, with: name) else { return nil }
        var value = field[name.utf8CodeUnitCount...]
        while let first = value.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { value.removeFirst() }
        while let last = value.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") { value.removeLast() }
        return UnsafeRawBufferPointer(rebasing: value)
    }

    /// Whatever the case of letters.
    private static func begins(_ bytes: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        guard bytes.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount {
            let byte = bytes[index]
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            guard (isCapital ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// Digits only, at most 15.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (1...15).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
