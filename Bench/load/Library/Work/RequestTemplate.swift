/// How one operation's requests to one target are written: all but keys and events is made once.
struct RequestTemplate: Sendable {
    /// Up to the first key or the body's length, between keys, and after the last.
    private let pieces: [[UInt8]]
    private let hasBody: Bool

    init(operation: Operation, target: Target, headers: [NamedText], closes: Bool) {
        var fields = "Host: \(target.authority)\r\n"
        for header in headers { fields += "\(header.name): \(header.value)\r\n" }
        if closes { fields += "Connection: close\r\n" }
        func post(_ path: String, type: String) -> [[UInt8]] {
            [Array("POST \(path) HTTP/1.1\r\n\(fields)Content-Type: \(type)\r\nContent-Length: ".utf8)]
        }
        switch operation.kind {
        case .get(let path):
            pieces = Self.cut("GET \(path) HTTP/1.1\r\n\(fields)\r\n", at: "{key}")
            hasBody = false
        case .many(_, let path), .event(let path):
            pieces = post(path, type: "application/json")
            hasBody = true
        case .events(_, let path):
            pieces = post(path, type: "application/x-ndjson")
            hasBody = true
        }
    }

    private static func cut(_ text: String, at mark: String) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = text[...]
        while let range = rest.firstRange(of: mark) {
            pieces.append(Array(rest[..<range.lowerBound].utf8))
            rest = rest[range.upperBound...]
        }
        return pieces + [Array(rest.utf8)]
    }

    /// Whether there is a key to be filled in.
    var hasKey: Bool { pieces.count > 1 }

    /// Appends a request without a body.
    func append(key: Int, name: KeyName, to output: inout [UInt8]) {
        precondition(!hasBody, "a request with a body has no key in its path")
        output.append(contentsOf: pieces[0])
        for piece in pieces.dropFirst() {
            name.append(key, to: &output)
            output.append(contentsOf: piece)
        }
    }

    /// Appends a request with a body.
    func append(body: [UInt8], to output: inout [UInt8]) {
        precondition(hasBody, "a GET has no body")
        output.append(contentsOf: pieces[0])
        output.append(decimal: body.count)
        output.append(contentsOf: [13, 10, 13, 10])
        output.append(contentsOf: body)
    }
}

extension [UInt8] {
    /// Appends a number from 0 on, with zeros before it up to `digits`.
    mutating func append(decimal value: Int, digits: Int = 1) {
        if value >= 10 || digits > 1 { append(decimal: value / 10, digits: digits - 1) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
