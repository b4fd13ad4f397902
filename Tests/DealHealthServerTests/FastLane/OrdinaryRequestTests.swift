import Testing

@testable import DealHealthServer

@Suite struct OrdinaryRequestTests {
    private static func parse(_ text: String) -> OrdinaryRequest {
        Array(text.utf8).withUnsafeBytes { OrdinaryRequest.parse($0) }
    }

    private static func head(_ line: String, _ fields: String...) -> String {
        ([line, "Host: x"] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private static let read = "GET /v1/deals/a/health HTTP/1.1"
    private static let manyPosted = "POST /v1/deals/health HTTP/1.1"

    private static func one(
        _ id: Range<Int>, in head: String, _ change: (inout HealthRead) -> Void = { _ in }
    ) -> OrdinaryRequest {
        var read = HealthRead(deals: .one(id: id), endsConnection: false, count: head.utf8.count)
        change(&read)
        return .healthRead(read)
    }

    @Test(arguments: [
        read, "GET /v1/deals/deal-00000001/health HTTP/1.1", "GET /v1/deals/SAVE20_/health HTTP/1.1",
        "GET /v1/deals/a!$&'()*+,-.:;=@_~Z9/health HTTP/1.1", "GET /v1/deals/../health HTTP/1.1",
        "GET /v1/deals/health/health HTTP/1.1",
        "GET /v1/deals/\(String(repeating: "i", count: 255))/health HTTP/1.1",
    ])
    func readsAreRecognised(line: String) throws {
        let path = line.split(separator: " ")[1]
        let id = path.dropFirst("/v1/deals/".count).dropLast("/health".count)
        let head = Self.head(line)
        #expect(Self.parse(head) == Self.one(14..<(14 + id.utf8.count), in: head), "\(line)")
        // What this parser takes for the id is what the slow lane takes for it.
        let target = try #require(RequestTarget(String(path)))
        #expect(target.route == .dealHealth)
        #expect(try target.dealID() == Array(id.utf8))
    }

    @Test(arguments: [
        "User-Agent: curl/8", "Accept: */*", "Connection: keep-alive", "connection:Keep-Alive",
        "Accept-Encoding: gzip, br",
        "X-Empty:", "X-Blank: \t ", "Authentication: Bearer a.b.c", "Cookie: a=b; c=d", "Content-Type: text/plain",
        "Content_Length: 5", "X-Content-Length: 5", "TE: trailers", "!#$%&'*+-.^_`|~09azAZ: odd but a token",
        "X-Colon: a:b:c", "Transfer-Encodin: chunked", "Keep-Alive: timeout=5", "Referer: http://x/\u{7E}",
    ])
    func fieldsWithoutEffectLeaveAReadARead(field: String) {
        let head = Self.head(Self.read, field)
        #expect(Self.parse(head) == Self.one(14..<15, in: head), "\(field)")
        #expect(Self.parse(head + "GET /") == Self.one(14..<15, in: head), "\(field)")
    }

    @Test func whoAsksIsFound() {
        let fields = [
            "Authorization: Bearer a.b.c", "X-Forwarded-For:1.2.3.4", "Origin: \t https://x ", "x-request-id: 7",
            "traceparent:",
        ]
        let head = Self.head(Self.read, fields[0], fields[1], fields[2], fields[3], fields[4])
        guard case .healthRead(let read) = Self.parse(head) else {
            Issue.record("a read")
            return
        }
        let bytes = Array(head.utf8)
        let client = read.client
        let found = [client.authorization, client.forwardedFor, client.origin, client.requestID, client.traceparent]
        #expect(
            found.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } } == [
                "Bearer a.b.c", "1.2.3.4", "https://x", "7", "",
            ])
        // Twice is for the slow lane, which knows what two of them mean.
        for field in fields {
            guard case .other = Self.parse(Self.head(Self.read, field, field)) else {
                Issue.record("\(field) twice")
                return
            }
        }
    }

    @Test(arguments: [
        "GET /v1/deals/a/health?min_lsn=5 HTTP/1.1", "GET /v1/deals/a/health? HTTP/1.1",
        "HEAD /v1/deals/health?ids=a HTTP/1.1", "HEAD /livez HTTP/1.1", "GET /v1/deals/health?ids= HTTP/1.1",
        "GET /v1/deals/health?ids=a&b HTTP/1.1", "GET /v1/deals/health?ids=a%20b HTTP/1.1",
        "GET /v1/deals/health?ids HTTP/1.1", "GET /v1/deals/health?id=a HTTP/1.1",
        "GET /v1/deals/health?min_lsn=1&ids=a HTTP/1.1", "GET /v1/deals/health?ids=a\"b HTTP/1.1",
        "GET /v1/deals/health?ids=a,b?c HTTP/1.1", "PUT /v1/deals/health HTTP/1.1", "PATCH /v1/deals/health HTTP/1.1",
        "POST /v1/deals/health?x HTTP/1.1", "POST /v1/deals/health/ HTTP/1.1", "POST /v1/deals/healthy HTTP/1.1",
        "POST /v1/deals/a/health HTTP/1.1", "GET /v1/deals/a%20b/health HTTP/1.1", "GET /v1/deals//health HTTP/1.1",
        "GET /v1/deals/health HTTP/1.1", "GET /v1/deals/a/b/health HTTP/1.1", "GET /v1/deals/a/health/ HTTP/1.1",
        "GET /v1/deals/a/HEALTH HTTP/1.1", "GET /V1/deals/a/health HTTP/1.1", "GET //v1/deals/a/health HTTP/1.1",
        "GET /v1/deals/a\"b/health HTTP/1.1", "GET /v1/deals/a\\b/health HTTP/1.1", "GET /v1/deals/a|b/health HTTP/1.1",
        "GET /v1/deals/\(String(repeating: "i", count: 256))/health HTTP/1.1", "DELETE /v1/deals/a/health HTTP/1.1",
        "GET /livez HTTP/1.1", "GET / HTTP/1.1", "OPTIONS / HTTP/1.1", "PATCH / HTTP/1.1", "PUT / HTTP/1.1",
        "GET /v1/deals/a/history HTTP/1.1",
    ])
    func otherRequestsAreFramed(line: String) {
        let head = Self.head(line)
        #expect(Self.parse(head) == .other(headCount: head.utf8.count, bodyCount: 0), "\(line)")
        let withBody = Self.head(line, "Content-Length: 12")
        #expect(Self.parse(withBody) == .other(headCount: withBody.utf8.count, bodyCount: 12), "\(line)")
    }

    @Test(arguments: [
        "If-None-Match: *\r\nIf-None-Match: *", "If-None-Match: *\r\nIf-Match: *", "if-match: *",
        "If-Modified-Since: Tue, 24 Nov 2026 07:51:12 GMT", "If-Range: \"x\"",
        "If-Unmodified-Since: Tue, 24 Nov 2026 07:51:12 GMT", "Range: bytes=0-1", "Content-Length: 0",
    ])
    func conditionsAreForTheSlowLane(field: String) {
        let head = Self.head(Self.read, field)
        #expect(Self.parse(head) == .other(headCount: head.utf8.count, bodyCount: 0), "\(field)")
    }

    @Test func headsAndConditionsOfOneDealAreReads() {
        let head = Self.head("HEAD /v1/deals/a/health HTTP/1.1")
        #expect(Self.parse(head) == Self.one(15..<16, in: head) { $0.isHead = true })
        let start = Self.head(Self.read, "If-None-Match:").utf8.count - 4
        for (list, value) in [("\"x\"", 0..<3), ("  W/\"x\", * \t", 2..<10), ("", 0..<0)] {
            let conditional = Self.head(Self.read, "If-None-Match:\(list)")
            let range = (start + value.lowerBound)..<(start + value.upperBound)
            #expect(
                Self.parse(conditional) == Self.one(14..<15, in: conditional) { $0.ifNoneMatch = range }, "\(list)")
        }
    }

    @Test(arguments: ["Connection: close", "connection:CLOSE\t"])
    func theEndOfAConnectionIsForTheFastLaneOnlyWhereItAnswers(field: String) {
        let head = Self.head(Self.read, field)
        #expect(Self.parse(head) == Self.one(14..<15, in: head) { $0.endsConnection = true })
        for line in ["GET /livez HTTP/1.1", "POST /v1/events HTTP/1.1", "GET /v1/deals/a/health?at=1 HTTP/1.1"] {
            #expect(Self.parse(Self.head(line, field)) == .uncertain, "\(line)")
        }
    }

    @Test func manyDealsInTheQueryAreReads() {
        for ids in ["a", "a,b-~", ",", "a,,b,", "x=y;z:@!$'()*+"] {
            let head = Self.head("GET /v1/deals/health?ids=\(ids) HTTP/1.1")
            let read = HealthRead(
                deals: .listed(ids: 25..<(25 + ids.utf8.count)), endsConnection: false, count: head.utf8.count)
            #expect(Self.parse(head) == .healthRead(read), "\(ids)")
        }
        let conditional = Self.head("GET /v1/deals/health?ids=a HTTP/1.1", "If-None-Match: *")
        #expect(Self.parse(conditional) == .other(headCount: conditional.utf8.count, bodyCount: 0))
    }

    @Test func manyDealsInABodyAreReadsOnceTheBodyIsThere() {
        let head = Self.head(Self.manyPosted, "content-type: Application/JSON ", "Content-Length: 5")
        let count = head.utf8.count
        let read = HealthRead(deals: .posted(body: count..<(count + 5)), endsConnection: false, count: count + 5)
        for body in ["", "1", "1234"] { #expect(Self.parse(head + body) == .incomplete) }
        for body in ["12345", "123456", "12345GET"] { #expect(Self.parse(head + body) == .healthRead(read)) }
    }

    @Test(arguments: [
        [], ["Content-Type: application/json; charset=utf-8"], ["Content-Type: text/plain"], ["Content-Type:"],
        ["Content-Type: application/json", "Content-Type: application/json"],
        ["Content-Type: application/json", "Content-Encoding: identity"],
        ["Content-Type: application/json", "If-None-Match: *"], ["Content-Type: application/json", "If-Match: *"],
    ])
    func oddBodiesAreForTheSlowLane(fields: [String]) {
        let head = Self.head(Self.manyPosted, (["Content-Length: 5"] + fields).joined(separator: "\r\n"))
        #expect(Self.parse(head) == .other(headCount: head.utf8.count, bodyCount: 5), "\(fields)")
    }

    @Test func longBodiesAreForTheSlowLane() {
        func head(_ count: Int) -> String {
            Self.head(Self.manyPosted, "Content-Type: application/json", "Content-Length: \(count)")
        }
        let most = OrdinaryRequest.bodyBytesMax
        #expect(Self.parse(head(most)) == .incomplete)
        #expect(Self.parse(head(most + 1)) == .other(headCount: head(most + 1).utf8.count, bodyCount: most + 1))
    }

    @Test func nothingAsLongAsTheBoundIsIncomplete() {
        func head(_ padding: Int) -> String {
            Self.head(
                Self.manyPosted, "Content-Type: application/json", "Content-Length: \(OrdinaryRequest.bodyBytesMax)",
                "X: " + String(repeating: "v", count: padding))
        }
        let body = String(repeating: " ", count: OrdinaryRequest.bodyBytesMax)
        let whole = head(OrdinaryRequest.headBytesMax - head(0).utf8.count) + body
        #expect(whole.utf8.count == OrdinaryRequest.bytesMax)
        #expect(Self.parse(String(whole.dropLast())) == .incomplete)
        #expect(Self.parse(whole) != .incomplete && Self.parse(whole) != .uncertain)
    }

    @Test(arguments: [
        "Transfer-Encoding: chunked", "transfer-encoding:identity", "TRANSFER-ENCODING: \tchunked",
        "Expect: 100-continue",
        "Upgrade: h2c", "Connection: keep-alive, Upgrade", "Connection:", "Connection: close\r\nConnection: close",
        "Connection: keep-alive\r\nConnection: close", "Connection: close, keep-alive", "Connection: closed",
        "Connection: keep-alive,close",
        "Proxy-Connection: keep-alive", "Content-Length: +5", "Content-Length: -1", "Content-Length: 5, 5",
        "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length:", "Content-Length: 1234567890123456",
        "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Host: x", "host: y", "HOST:z", "Content-Length : 5",
        "X Y: z", " X: folded", "\tX: folded", "X: a\r\n folded", "X: a\nY: b", "X: a\rY: b", "X: a\r\r", ": no name",
        "no colon", "X: \u{0}", "X: \u{1}", "X: \u{7F}", "X: é", "X\u{0}: a", "Ünïcode: a", "X:\u{B}", "(x): y",
        "X: a\n",
        "\n", "X: \u{8}",
    ])
    func oddFieldsAreUncertain(field: String) {
        #expect(Self.parse(Self.head(Self.read, field)) == .uncertain, "\(field.debugDescription)")
        #expect(Self.parse(Self.head("POST /v1/events HTTP/1.1", field)) == .uncertain, "\(field.debugDescription)")
    }

    @Test(arguments: [
        "GET /v1/deals/a/health HTTP/1.0", "GET /v1/deals/a/health HTTP/2.0", "GET /v1/deals/a/health",
        "GET  / HTTP/1.1",
        "GET /v1/deals/a/health  HTTP/1.1", " GET / HTTP/1.1", "GET http://x/v1/deals/a/health HTTP/1.1",
        "GET * HTTP/1.1",
        "GET x:80 HTTP/1.1", "CONNECT x:80 HTTP/1.1", "CONNECT / HTTP/1.1", "get / HTTP/1.1", "Get / HTTP/1.1",
        "GETS / HTTP/1.1", "TRACE / HTTP/1.1", "PROPFIND / HTTP/1.1", "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1",
        "GET / HTTP/1.1 ", "GET / http/1.1", "GET / HTTP/1.1\r", "\r\nGET / HTTP/1.1", "\nGET / HTTP/1.1",
        "GET /a b HTTP/1.1", "GET /a#b HTTP/1.1", "GET /\u{0} HTTP/1.1", "GET /é HTTP/1.1", "GET /\u{7F} HTTP/1.1",
        "GET / HTTP/01.1", "GET / HTTP/1.10", "PRI * HTTP/2.0", "A", "nonsense", "",
    ])
    func oddRequestLinesAreUncertain(line: String) {
        #expect(Self.parse(Self.head(line)) == .uncertain, "\(line.debugDescription)")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\rX",
    ])
    func oddLineEndsAndHostsAreUncertain(head: String) {
        #expect(Self.parse(head) == .uncertain, "\(head.debugDescription)")
    }

    @Test func everyBeginningOfARequestIsIncomplete() {
        for line in [Self.read, "POST /v1/events HTTP/1.1", "OPTIONS / HTTP/1.1"] {
            let head = Array(Self.head(line, "Content-Length: 5", "X: y").utf8)
            for count in 0..<head.count {
                let form = head[..<count].withUnsafeBytes { OrdinaryRequest.parse($0) }
                #expect(form == .incomplete, "\(count) bytes of \(line)")
            }
        }
    }

    @Test func headsOverTheBoundsAreUncertain() {
        let long = "X: " + String(repeating: "v", count: OrdinaryRequest.headBytesMax)
        #expect(Self.parse(Self.head(Self.read, long)) == .uncertain)
        let bytes = Array(Self.head(Self.read, long).utf8)
        let full = bytes.prefix(OrdinaryRequest.headBytesMax)
        #expect(full.withUnsafeBytes { OrdinaryRequest.parse($0) } == .uncertain)
        #expect(full.dropLast().withUnsafeBytes { OrdinaryRequest.parse($0) } == .incomplete)
        let many = Array(repeating: "A: b", count: OrdinaryRequest.fieldsMax).joined(separator: "\r\n")
        #expect(Self.parse(Self.head(Self.read, many)) == .uncertain)
        #expect(Self.parse(Self.head(Self.read, String(many.dropLast(5)))) != .uncertain)
    }

    @Test func datesAreInFixedForm() {
        #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(1_795_506_672) == "Tue, 24 Nov 2026 07:51:12 GMT")
    }
}
