import DealHealthCore

/// What the fast lane takes for a request is one by RFC 9112 read plainly, with the same end and the same parts; and no beginning of it
/// was taken for another.
enum RequestCheck {
    /// Beginnings of one input that are parsed, all of those of a short one: each costs as much as the whole.
    private static let beginningsMax = 256

    static func check(_ input: [UInt8]) throws(Fault) {
        let request = parse(input, input.count)
        let step = 1 + input.count / beginningsMax
        for count in stride(from: input.count % step, to: input.count, by: step) {
            let beginning = parse(input, count)
            let isSame = beginning == .incomplete || beginning == request
            try require(isSame, "\(count) bytes are \(beginning), \(input.count) are \(request)")
        }
        switch request {
        case .uncertain: break
        case .incomplete:
            try require(input.count < OrdinaryRequest.bytesMax, "incomplete at \(input.count) bytes")
        case .other(let headCount, let bodyCount):
            let head = try PlainHead(input, headCount)
            try require(head.length ?? 0 == bodyCount, "a body of \(bodyCount) bytes")
            try require(head.value("connection")?.lowercased() != "close", "the slow lane's, and ends the connection")
        case .eventPost(let post):
            let (body, count) = (post.body, post.count)
            let head = try PlainHead(input, body.lowerBound)
            try require(head.method == "POST" && head.target == "/v1/events", "no post of an event: \(head)")
            try require(head.value("connection")?.lowercased() != "close", "a post that ends the connection")
            try checkBody(body, count, head, input)
            try check(post.client, head, input)
        case .healthRead(let read): try check(read, input)
        }
    }

    private static func parse(_ input: [UInt8], _ count: Int) -> OrdinaryRequest {
        input[..<count].withUnsafeBytes { OrdinaryRequest.parse($0) }
    }

    /// Each field of who asks is there once, and its range is its value, or there is none.
    private static func check(_ client: ClientFields, _ head: PlainHead, _ input: [UInt8]) throws(Fault) {
        for (name, range) in [
            ("authorization", client.authorization), ("x-forwarded-for", client.forwardedFor),
            ("origin", client.origin), ("x-request-id", client.requestID), ("traceparent", client.traceparent),
        ] {
            let values = head.values(name)
            try require(values.count == (range == nil ? 0 : 1), "\(name): \(values)")
            if let range { try require(String(decoding: input[range], as: UTF8.self) == values[0], "\(name)") }
        }
    }

    private static func check(_ read: HealthRead, _ input: [UInt8]) throws(Fault) {
        try require(read.count <= input.count, "a read of \(read.count) bytes of \(input.count)")
        var headCount = read.count
        if case .posted(let body) = read.deals { headCount = body.lowerBound }
        let head = try PlainHead(input, headCount)
        try require(read.endsConnection == (head.value("connection")?.lowercased() == "close"), "the connection's end")
        try check(read.client, head, input)
        let conditions = ["range", "if-match", "if-range", "if-modified-since", "if-unmodified-since"]
        try require(conditions.allSatisfy { head.values($0).isEmpty }, "a condition is ignored: \(head)")
        var ids: [Range<Int>] = []
        switch read.deals {
        case .one(let id):
            try require(head.target == "/v1/deals/\(text(id, input))/health", "another deal: \(head)")
            try require(head.method == (read.isHead ? "HEAD" : "GET") && head.length == nil, "no read: \(head)")
            try require(!id.isEmpty && id.count <= Limits.dealIDBytesMax, "an id of \(id.count) bytes")
            try require(text(id, input).allSatisfy { isPlain($0) }, "an id that needs decoding: \(head)")
            try require(head.values("if-none-match") == read.ifNoneMatch.map { [text($0, input)] } ?? [], "the tags")
        case .listed(let list):
            try require(head.target == "/v1/deals/health?ids=\(text(list, input))", "other deals: \(head)")
            try require(head.method == "GET" && head.length == nil && head.values("if-none-match").isEmpty, "\(head)")
            try require(
                text(list, input).allSatisfy { isPlain($0) && $0 != "&" }, "a list that needs decoding: \(head)")
            guard input.withUnsafeBytes({ PlainDealIDs.find(listed: list, in: $0, into: &ids) }) else { break }
            let expected = text(list, input).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            try require(ids.map { text($0, input) } == expected, "other ids")
        case .posted(let body):
            try require(head.method == "POST" && head.target == "/v1/deals/health", "no read: \(head)")
            try require(head.value("content-type")?.lowercased() == "application/json", "a body of another type")
            try checkBody(body, read.count, head, input)
            guard input.withUnsafeBytes({ PlainDealIDs.find(posted: body, in: $0, into: &ids) }) else { break }
            let listed = PlainJSON.array(ids.map { PlainJSON.string(text($0, input)) })
            let expected = PlainJSON.object([PlainJSON.Member(key: "deal_ids", value: listed)])
            try require((try? PlainJSONReader.document(input[body])) == expected, "other ids")
        }
    }

    private static func checkBody(
        _ body: Range<Int>, _ count: Int, _ head: PlainHead, _ input: [UInt8]
    ) throws(Fault) {
        try require(body.upperBound == count && count <= input.count, "a body at \(body) of \(input.count)")
        try require(head.length == body.count, "a body of \(body.count) bytes: \(head)")
        let isPlain =
            head.values("content-encoding").isEmpty && head.values("if-none-match").isEmpty
            && (head.values("content-type").map { $0.lowercased() } + ["application/json"]).allSatisfy {
                $0 == "application/json"
            } && head.values("content-type").count <= 1
        try require(isPlain, "a body for the slow lane: \(head)")
    }

    private static func text(_ range: Range<Int>, _ input: [UInt8]) -> String {
        String(decoding: input[range], as: UTF8.self)
    }

    /// Unreserved characters and sub-delimiters of RFC 3986 §2, and what else a path's segment may hold.
    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-._~!$&'()*+,;=:@".contains(character))
    }
}
