/// A request line in ordinary form: `METHOD SP /target SP HTTP/1.1 CRLF` (RFC 9112 §3), for `OrdinaryRequest`.
struct RequestLine {
    /// The deal id in `GET /v1/deals/{id}/health`, when the line is that, without a query.
    let healthReadID: Range<Int>?

    /// Methods whose requests are framed by Content-Length alone. `CONNECT` is not one, and what we never serve need not be.
    private static let methods: [StaticString] = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]
    private static let methodBytesMax = 7

    init(_ scanner: inout HeadScanner) throws(HeadScanner.Stop) {
        let method = try Self.method(&scanner)
        try scanner.expect(" ")
        guard try scanner.peek() == UInt8(ascii: "/") else { throw .odd }
        let target = try scanner.run { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
        try scanner.expect(" HTTP/1.1\r\n")
        healthReadID =
            method == 3 && scanner.bytes[0] == UInt8(ascii: "G") ? Self.healthReadID(target, scanner.bytes) : nil
    }

    /// Reads the method; its length.
    private static func method(_ scanner: inout HeadScanner) throws(HeadScanner.Stop) -> Int {
        let bytes = scanner.bytes
        if bytes.has("GET ", at: 0) {
            try scanner.expect("GET")
            return 3
        }
        let known = bytes.prefix(methodBytesMax + 1)
        guard known.contains(UInt8(ascii: " ")) || known.count <= methodBytesMax else { throw .odd }
        let name = try scanner.run { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        for method in methods where method.utf8CodeUnitCount == name.count && bytes.has(method, at: 0) {
            return name.count
        }
        throw .odd
    }

    /// The id in the path `/v1/deals/{id}/health`. Nil when the target is anything else, has a query, or the id has a byte that
    /// is not unreserved or a sub-delimiter (RFC 3986 §2): it may need decoding, or escaping in JSON.
    private static func healthReadID(_ target: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        let prefix: StaticString = "/v1/deals/"
        let suffix: StaticString = "/health"
        let start = target.lowerBound + prefix.utf8CodeUnitCount
        let end = target.upperBound - suffix.utf8CodeUnitCount
        guard start < end, bytes.has(prefix, at: target.lowerBound), bytes.has(suffix, at: end) else { return nil }
        let id = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard DealIDForm.isPossible(id) else { return nil }
        for byte in id where !isPlain(byte) { return nil }
        return start..<end
    }

    /// Letters, digits and `! $ & ' ( ) * + , - . : ; = @ _ ~`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "@")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ";"), UInt8(ascii: "&")...UInt8(ascii: "."), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
