/// What the field lines of a head in ordinary form say of framing, of conditions and of the body, for `OrdinaryRequest`.
///
/// Names that ordinary form does not allow because they change how bytes are read: `Transfer-Encoding`, `Upgrade`, `Expect`,
/// `Connection` other than `keep-alive` or `close`, `Proxy-Connection`, a second `Content-Length` or `Connection`. All others are of
/// no effect on framing.
struct FramingFields {
    private(set) var hostCount = 0
    /// Nil when there is no `Content-Length`.
    private(set) var contentLength: Int?
    /// Whether this is the last request of its connection: `Connection: close`. Nil when there is no `Connection`.
    private(set) var endsConnection: Bool?
    /// The value of a single `If-None-Match`.
    private(set) var ifNoneMatch: Range<Int>?
    /// Whether there is another conditional field, or a range (RFC 9110 §13, §14), which the fast lane does not evaluate.
    private(set) var hasOtherCondition = false
    /// Whether `Content-Type` is `application/json`, without parameters. Nil when there is none.
    private(set) var isJSON: Bool?
    /// Whether the body is coded, or its type is told twice, which the fast lane leaves to the slow one.
    private(set) var hasOddBody = false
    /// What the head says of who asks.
    private(set) var client = ClientFields()
    /// Whether a field of `client` stands there twice, which the fast lane leaves to the slow one.
    private(set) var hasOddClient = false

    /// Digits of a length in ordinary form: a petabyte.
    private static let lengthDigitsMax = 15

    /// Reads all field lines and the empty line after them.
    init(_ scanner: inout HeadScanner) throws(HeadScanner.Stop) {
        var count = 0
        while try scanner.peek() != UInt8(ascii: "\r") {
            count += 1
            guard count <= OrdinaryRequest.fieldsMax else { throw .odd }
            let name = try scanner.run(while: Self.isTokenByte)
            guard !name.isEmpty else { throw .odd }
            try scanner.expect(":")
            let value = try scanner.runOfPrintable()
            try scanner.expect("\r\n")
            try note(name, value, scanner.bytes)
        }
        try scanner.expect("\r\n")
    }

    /// Takes down a field by its name; one that no rule names is ignored.
    private mutating func note(
        _ name: Range<Int>, _ value: Range<Int>, _ bytes: UnsafeRawBufferPointer
    ) throws(HeadScanner.Stop) {
        func isNamed(_ text: StaticString) -> Bool { bytes.equalsIgnoringCase(text, in: name) }
        switch name.count {
        case 4 where isNamed("host"):
            guard !Self.trimmed(value, bytes).isEmpty else { throw .odd }
            hostCount += 1
        case 5 where isNamed("range"), 8 where isNamed("if-match"), 8 where isNamed("if-range"),
            17 where isNamed("if-modified-since"), 19 where isNamed("if-unmodified-since"):
            hasOtherCondition = true
        case 13 where isNamed("if-none-match"):
            if ifNoneMatch != nil { hasOtherCondition = true }
            ifNoneMatch = Self.trimmed(value, bytes)
        case 10 where isNamed("connection"):
            guard endsConnection == nil else { throw .odd }
            endsConnection = try Self.isClose(Self.trimmed(value, bytes), bytes)
        case 12 where isNamed("content-type"):
            if isJSON != nil { hasOddBody = true }
            isJSON = bytes.equalsIgnoringCase("application/json", in: Self.trimmed(value, bytes))
        case 6 where isNamed("origin"): note(Self.trimmed(value, bytes), in: \.origin)
        case 11 where isNamed("traceparent"): note(Self.trimmed(value, bytes), in: \.traceparent)
        case 12 where isNamed("x-request-id"): note(Self.trimmed(value, bytes), in: \.requestID)
        case 13 where isNamed("authorization"): note(Self.trimmed(value, bytes), in: \.authorization)
        case 15 where isNamed("x-forwarded-for"): note(Self.trimmed(value, bytes), in: \.forwardedFor)
        case 16 where isNamed("content-encoding"):
            hasOddBody = true
        case 14 where isNamed("content-length"):
            guard contentLength == nil else { throw .odd }
            contentLength = try Self.length(Self.trimmed(value, bytes), bytes)
        case 6 where isNamed("expect"), 7 where isNamed("upgrade"), 16 where isNamed("proxy-connection"),
            17 where isNamed("transfer-encoding"):
            throw .odd
        default: break
        }
    }

    private mutating func note(_ value: Range<Int>, in field: WritableKeyPath<ClientFields, Range<Int>?>) {
        if client[keyPath: field] != nil { hasOddClient = true }
        client[keyPath: field] = value
    }

    /// Whether a value of `Connection` is `close`; otherwise it MUST be `keep-alive`.
    private static func isClose(_ range: Range<Int>, _ bytes: UnsafeRawBufferPointer) throws(HeadScanner.Stop) -> Bool {
        if bytes.equalsIgnoringCase("keep-alive", in: range) { return false }
        guard bytes.equalsIgnoringCase("close", in: range) else { throw .odd }
        return true
    }

    /// A decimal number of digits only.
    private static func length(_ range: Range<Int>, _ bytes: UnsafeRawBufferPointer) throws(HeadScanner.Stop) -> Int {
        guard !range.isEmpty, range.count <= lengthDigitsMax else { throw .odd }
        var length = 0
        for byte in bytes[range] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .odd }
            length = length * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return length
    }

    /// Without optional white space around it (RFC 9110 §5.6.3).
    private static func trimmed(_ range: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Range<Int> {
        func isBlank(_ index: Int) -> Bool { bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") }
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(start) { start += 1 }
        while end > start, isBlank(end - 1) { end -= 1 }
        return start..<end
    }

    /// RFC 9110 §5.6.2, one bit for each of the bytes 0–63 and 64–127.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        if byte >= 128 { return false }
        return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }
}
