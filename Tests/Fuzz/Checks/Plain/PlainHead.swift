/// The head of a request taken apart by its lines; an error if it is not one whose end every parser finds at the same place.
struct PlainHead {
    let method: String
    let target: String
    /// The value of `Content-Length`.
    let length: Int?
    private let fields: [(name: String, value: String)]

    private static let tokenMarks = "!#$%&'*+-.^_`|~"

    /// Reads the first `count` bytes of `input`.
    init(_ input: [UInt8], _ count: Int) throws(Fault) {
        try require(count >= 4 && count <= input.count, "a head of \(count) bytes of \(input.count)")
        let head = input[..<count]
        let isText = head.allSatisfy { (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }
        try require(isText, "a head with other bytes than text")
        // Scalars: Swift's characters make one of CR and LF.
        var lines = String(decoding: head, as: UTF8.self).replacing("\r\n", with: "\n").unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        let lineFeeds = head.count { $0 == 0x0A }
        let areWhole = head.count { $0 == 0x0D } == lineFeeds && lines.count == lineFeeds + 1
        try require(areWhole && !lines.contains { $0.contains("\r") }, "a line that does not end as it should")
        try require(lines.suffix(2) == ["", ""], "the head does not end where it is said to")
        lines.removeLast(2)
        try require(!lines.contains(""), "the head ended before")

        let parts = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        try require(parts.count == 3 && parts[2] == "HTTP/1.1" && parts[1].first == "/", "the line is \(parts)")
        let methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]
        try require(
            methods.contains(parts[0]) && !parts[1].contains { $0 == "#" || $0 == "\t" }, "the line is \(parts)")
        (method, target) = (parts[0], parts[1])

        var fields: [(name: String, value: String)] = []
        for line in lines {
            let name = line.prefix { $0 != ":" }
            let isToken = name.allSatisfy { $0.isLetter || $0.isNumber || Self.tokenMarks.contains($0) }
            try require(isToken && !name.isEmpty && name.count < line.count, "the field line \(line)")
            let value = line.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" }
            let trimmed = String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            fields.append((name.lowercased(), trimmed))
        }
        self.fields = fields
        func times(_ name: String) -> Int { fields.count { $0.name == name } }
        let doubtful = ["transfer-encoding", "upgrade", "expect", "proxy-connection"]
        try require(doubtful.allSatisfy { times($0) == 0 }, "a field that changes the framing: \(fields)")
        try require(times("host") == 1 && times("content-length") <= 1, "a field too many or none: \(fields)")
        let connection = fields.filter { $0.name == "connection" }.map { $0.value.lowercased() }
        try require([[], ["keep-alive"], ["close"]].contains(connection), "the connection: \(connection)")
        let written = fields.first { $0.name == "content-length" }?.value
        length = written.flatMap { $0.allSatisfy { "0123456789".contains($0) } ? Int($0) : nil }
        try require((length == nil) == (written == nil), "a length of \(written ?? "")")
    }

    /// The values of a field, its name in small letters.
    func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The first value of a field.
    func value(_ name: String) -> String? {
        values(name).first
    }
}
