/// A request line in ordinary form: `METHOD SP /target SP HTTP/1.1 CRLF` (RFC 9112 §3), for `OrdinaryRequest`.
struct RequestLine {
    /// What the line asks for, as far as the fast lane can answer it; its query and id need no decoding.
    enum Call: Equatable {
        /// `GET` or `HEAD` of `/v1/deals/{id}/health`; the id needs no escaping in JSON.
        case oneDeal(id: Range<Int>, isHead: Bool)
        /// `GET /v1/deals/health?ids=…`: the value, which is not empty.
        case listedDeals(Range<Int>)
        /// `POST /v1/deals/health`.
        case postedDeals
        /// `POST /v1/events`.
        case events
        case other
    }

    let call: Call

    /// Methods whose requests are framed by Content-Length alone. `CONNECT` is not one, and what we never serve need not be.
    private static let methods: [StaticString] = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]
    private static let methodBytesMax = 7

    init(_ scanner: inout HeadScanner) throws(HeadScanner.Stop) {
        let method = try Self.method(&scanner)
        try scanner.expect(" ")
        guard try scanner.peek() == UInt8(ascii: "/") else { throw .odd }
        let target = try scanner.run { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
        try scanner.expect(" HTTP/1.1\r\n")
        call = Self.call(method: method, target, scanner.bytes)
    }

    /// The path in the line of a `GET` in ordinary form, without the query.
    static func pathOfGet(_ request: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let start = 4
        guard request.has("GET /", at: 0),
            let end = request[start...].firstIndex(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "?") })
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: request[start..<end])
    }

    /// The target in a request line in ordinary form.
    static func target(_ request: UnsafeRawBufferPointer) -> String {
        let words = request.prefix { $0 != UInt8(ascii: "\r") }.split(separator: UInt8(ascii: " "))
        return words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
    }

    private static func call(method: Int, _ target: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Call {
        switch bytes[0] {
        case UInt8(ascii: "G"):
            if let id = healthReadID(target, bytes) { return .oneDeal(id: id, isHead: false) }
            if let ids = listedIDs(target, bytes) { return .listedDeals(ids) }
        case UInt8(ascii: "H"):
            if let id = healthReadID(target, bytes) { return .oneDeal(id: id, isHead: true) }
        case UInt8(ascii: "P") where method == 4:
            if bytes.equals("/v1/deals/health", in: target) { return .postedDeals }
            if bytes.equals("/v1/events", in: target) { return .events }
        default: break
        }
        return .other
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

    /// The value in the target `/v1/deals/health?ids={value}`. Nil when the target is anything else, has another parameter, or a byte
    /// that may need decoding, or escaping in JSON.
    private static func listedIDs(_ target: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        let prefix: StaticString = "/v1/deals/health?ids="
        let start = target.lowerBound + prefix.utf8CodeUnitCount
        guard start < target.upperBound, bytes.has(prefix, at: target.lowerBound) else { return nil }
        for byte in bytes[start..<target.upperBound] where !isPlain(byte) || byte == UInt8(ascii: "&") { return nil }
        return start..<target.upperBound
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
