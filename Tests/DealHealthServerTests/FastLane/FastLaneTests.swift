import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

/// The whole server, over sockets: with the fast lane and without, every answer is the same, byte for byte but for `Date`.
@Suite struct FastLaneTests {
    private static func get(_ target: String, _ fields: String...) -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n"
    }

    private static func post(_ body: String, to path: String = "/v1/deals/health", _ fields: String...) -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields.map { $0 + "\r\n" }.joined())"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Requests that leave the connection open, of both lanes in turn.
    private static let corpus = [
        get("/v1/deals/a/health"), get("/v1/deals/unknown/health", "Accept: */*"),
        post(#"{"deal_ids":["a","unknown"]}"#), get("/v1/deals/b-%7E/health"), get("/v1/deals/b-~/health"),
        get("/v1/deals/c+c/health", "Connection: keep-alive"), get("/v1/deals/a/health?min_lsn=1"),
        get("/v1/deals/a/health?at=1"), get("/v1/deals/%zz/health"), get("/v1/deals/a/health", "If-None-Match: \"x\""),
        post("{", to: "/v1/events"), get("/livez"), get("/v1/deals/a/health", "Content-Length: 0"),
        get("/v1/deals/x;y=(1),'2'!/health"), get("/v1/deals/health"), get("/nothing"), post("", to: "/livez"),
        get("/v1/deals/\(String(repeating: "l", count: 255))/health"),
        get("/v1/deals/\(String(repeating: "l", count: 256))/health"), get("/v1/deals/health?ids=a,b-~"),
        get("/v1/deals/a/health"), "DELETE /v1/deals/a/health HTTP/1.1\r\nHost: x\r\n\r\n",
        get("/v1/deals/../health"), get("/v1/deals/%61/health"), get("/v1/deals/big/health"),
        get("/v1/deals/a/health", "If-None-Match: *"), get("/v1/deals/a/health", "If-None-Match:"),
        get("/v1/deals/unknown/health", "If-None-Match: *"),
        get("/v1/deals/a/health", "If-None-Match: W/\"x\", \"y\" , *"),
        get("/v1/deals/a/health", "If-Match: \"x\""), get("/v1/deals/a/health", "If-Match: *"),
        get("/v1/deals/unknown/health", "If-Match: \"x\""), get("/v1/deals/a/health?min_lsn=1", "If-None-Match: *"),
        get("/v1/deals/a/health", "If-None-Match: \"x\"", "If-None-Match: *"),
        get("/v1/deals/a/health", "Range: bytes=0-1"),
        get("/v1/deals/a/health", "If-Modified-Since: Tue, 24 Nov 2026 07:51:12 GMT"),
        get("/v1/deals/health?ids=a,unknown,,b-~,a,"), get("/v1/deals/health?ids="), get("/v1/deals/health?ids=,"),
        get("/v1/deals/health?ids=x;y=(1),'2'!,..&x"), get("/v1/deals/health?ids=%61,c+c"),
        get("/v1/deals/health?ids=%zz"), get("/v1/deals/health?ids=a&ids=b"), get("/v1/deals/health?ids=a&min_lsn=1"),
        get("/v1/deals/health?ids=a", "If-None-Match: *"),
        get("/v1/deals/health?ids=" + String(repeating: "a,", count: 999)),
        get("/v1/deals/health?ids=" + String(repeating: "a,", count: 1_000)),
        post(#" { "deal_ids" : [ "a" , "" ,"unknown", "b-~"]\#t} "#), post(#"{"deal_ids":[]}"#),
        post(#"{"deal_ids":["a","#), post(#"{"deal_ids":["a",]}"#), post(#"{"deal_ids":["\u0061","é\"\\"],"more":1}"#),
        post(#"{"deal_ids":["é"]}"#), post(#"{"deal_ids":["\#u{7F}"]}"#), post(#"{"deal_ids":["a"]} x"#),
        post(#"{"deal_ids":["a"],"deal_ids":["b"]}"#), post(#"{"deal_ids":"a"}"#), post(""),
        post(ids(Array(repeating: "b-~", count: 1_000))), post(ids(Array(repeating: "b-~", count: 1_001))),
        post(ids([String(repeating: "l", count: 30_000), String(repeating: "l", count: 255)])),
        post(ids([String(repeating: "l", count: 256), String(repeating: "l", count: 255)])),
        post(ids(["a"]), to: "/v1/deals/health?min_lsn=1"),
        post(ids(["a"]), to: "/v1/deals/health", "If-None-Match: *"),
        "POST /v1/deals/health HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\n{\"deal_ids\":[\"a\"]}",
        "POST /v1/deals/health HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
        get("/v1/deals/a/health"),
    ]

    private static func ids(_ ids: [String]) -> String {
        #"{"deal_ids":["\#(ids.joined(separator: "\",\""))"]}"#
    }

    private static let deals = [
        "a", "b-~", "c+c", "x;y=(1),'2'!", "..", String(repeating: "l", count: 255),
    ]

    /// Two servers on one engine, whose clock stands still.
    private static func withBoth(
        _ body: @Sendable @escaping (_ fast: TestServer, _ slow: TestServer, Engine) async throws -> Void
    ) async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            _ = try await engine.submit(
                Samples.lines(deals.map { Samples.test($0) } + [Samples.test("a", works: false)]))
            let big = Samples.test("big", merchant: Int.min, minute: 5)
            _ = try await engine.submit(big)
            let handle = EngineHandle()
            handle.recovered(engine)
            try await TestServer.serve(handle) { fast in
                try await TestServer.serve(handle, isFastLaneEnabled: false) { try await body(fast, $0, engine) }
            }
        }
    }

    /// The next answers as text, with the value of `Date` masked.
    private static func answers(
        _ count: Int, hasBody: Bool = true, _ connection: inout RawConnection
    ) async throws -> [String] {
        var answers: [String] = []
        while answers.count < count, let (head, body) = try await connection.rawReply(hasBody: hasBody) {
            let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
            let masked = lines.map { line in
                guard line.hasPrefix("Date: ") else { return String(line) }
                return line.utf8.count == 35 && line.hasSuffix(" GMT")
                    ? "Date: <29 bytes>" : "Date is malformed: \(line)"
            }
            answers.append(masked.joined(separator: "\r\n") + String(decoding: body, as: UTF8.self))
        }
        return answers
    }

    private static func exchange(_ parts: [[UInt8]], _ count: Int, _ server: TestServer) async throws -> [String] {
        try await RawConnection.with(port: server.apiPort) { connection in
            for part in parts { try await connection.send(part) }
            return try await answers(count, &connection)
        }
    }

    @Test func bothLanesAnswerAlike() async throws {
        try await Self.withBoth { fast, slow, _ in
            for request in Self.corpus {
                let parts = [Array(request.utf8)]
                let answer = try await Self.exchange(parts, 1, slow)
                #expect(answer.count == 1)
                #expect(try await Self.exchange(parts, 1, fast) == answer, "\(request)")
            }
        }
    }

    @Test func requestsThatEndTheConnectionAreAnsweredAlike() async throws {
        let requests = [
            Self.get("/v1/deals/a/health", "Connection: close"),
            Self.get("/v1/deals/unknown/health", "Connection: Close"),
            Self.get("/v1/deals/a/health", "connection:close", "If-None-Match: *"),
            Self.get("/v1/deals/a/health?min_lsn=1", "Connection: close"), Self.get("/livez", "Connection: TE, close"),
            Self.get("/v1/deals/health?ids=a,unknown", "Connection: close"),
            Self.get("/v1/deals/health?ids=%zz", "Connection: close"),
            Self.post(Self.ids(["a"]), to: "/v1/deals/health", "Connection: close"),
            Self.post(#"{"deal_ids":["a"}"#, to: "/v1/deals/health", "Connection: close"),
            "GET /v1/deals/a/health HTTP/1.0\r\nHost: x\r\n\r\n",
            "GET /v1/deals/a/health HTTP/1.1\nHost: x\n\n", "nonsense\r\n\r\n",
            "GET /v1/deals/a/health HTTP/1.1\r\nX Y: z\r\n\r\n",
            "GET /v1/deals/a/health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "GET /v1/deals/a/health HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\nConnection: close\r\n\r\n",
            "POST /v1/deals/health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                + "Connection: close\r\n\r\n10\r\n{\"deal_ids\":[\"a\"\r\n2\r\n]}\r\n0\r\n\r\n",
            "GET http://x/v1/deals/a/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ]
        try await Self.withBoth { fast, slow, _ in
            for request in requests {
                // A read before it and one after it: nothing may be answered after the end.
                let parts = [Array((Self.get("/v1/deals/b-~/health") + request + Self.get("/v1/deals/a/health")).utf8)]
                let answer = try await Self.exchange(parts, 9, slow)
                #expect(try await Self.exchange(parts, 9, fast) == answer, "\(request)")
            }
        }
    }

    /// Heads have no body, whatever their `Content-Length` says: all that is sent is compared.
    @Test func headsAreAnsweredAlike() async throws {
        let fields = ["", "If-None-Match: *\r\n", "If-None-Match: \"x\"\r\n", "Connection: keep-alive\r\n"]
        try await Self.withBoth { fast, slow, _ in
            for path in ["/v1/deals/a/health", "/v1/deals/unknown/health", "/v1/deals/health?ids=a", "/livez"] {
                for field in fields {
                    let head = "HEAD \(path) HTTP/1.1\r\nHost: x\r\n\(field)\r\n"
                    let last = "HEAD \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    let expected = try await Self.heads([head, head, last], slow)
                    #expect(expected.count == 3 && expected[0].contains(path.contains("unknown") ? "404" : ""))
                    #expect(try await Self.heads([head, head, last], fast) == expected, "\(head)")
                }
            }
        }
    }

    /// The heads that come until the server closes, which MUST be all that comes.
    private static func heads(_ requests: [String], _ server: TestServer) async throws -> [String] {
        try await RawConnection.with(port: server.apiPort) { connection in
            try await connection.send(requests.joined())
            return try await answers(Int.max, hasBody: false, &connection)
        }
    }

    @Test func aConnectionEndsAfterTheAnswerThatSaysSo() async throws {
        try await Self.withBoth { fast, _, _ in
            try await RawConnection.with(port: fast.apiPort) { connection in
                let last = Self.get("/v1/deals/a/health", "Connection: close")
                try await connection.send(Self.get("/v1/deals/b-~/health") + last + Self.get("/v1/deals/a/health"))
                #expect(try await connection.reply()?.headers[.connection] == nil)
                #expect(try await connection.reply()?.headers[.connection] == "close")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    /// Bytes put in, taken out and replaced at random: what one lane takes for a request, the other must too.
    @Test func damagedRequestsAreAnsweredAlike() async throws {
        let bases = [
            Self.get("/v1/deals/a/health", "Connection: keep-alive", "Accept: */*"), Self.post(#"{"deal_ids":["a"]}"#),
            Self.post(#"{"deal_ids":["a"]}"#, "Transfer-Encodin: chunked"), Self.get("/v1/deals/health?ids=a,b-~"),
            Self.get("/v1/deals/a/health", "If-None-Match: W/\"0-0\", *"),
            Self.get("/v1/deals/b-~/health", "Content-Length: 0"),
        ]
        let odd = Array("\r\n\t :/?#%0159azAZ\"\\\u{0}\u{7F}é-,;".utf8)
        try await Self.withBoth { fast, slow, _ in
            var random = SeededGenerator(seed: 20_261_124)
            for round in 0..<300 {
                var bytes = Array((bases.randomElement(using: &random) ?? "").utf8)
                for _ in 0...Int.random(in: 0...1, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    let byte = odd.randomElement(using: &random) ?? 0
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[index] = byte
                    case 1: bytes.insert(byte, at: index)
                    default: bytes.remove(at: index)
                    }
                }
                let sent =
                    bytes + Array((Self.get("/v1/deals/b-~/health") + Self.get("/livez", "Connection: close")).utf8)
                let expected = try await Self.exchangeAll(sent, slow)
                try #require(
                    try await Self.exchangeAll(sent, fast) == expected,
                    "round \(round): \(String(decoding: sent, as: UTF8.self).debugDescription)")
            }
        }
    }

    /// All answers until the server closes; nothing is sent after `bytes`.
    private static func exchangeAll(_ bytes: [UInt8], _ server: TestServer) async throws -> [String] {
        try await RawConnection.with(port: server.apiPort) { connection in
            try await connection.send(bytes)
            connection.finishSending()
            return try await answers(Int.max, &connection)
        }
    }

    @Test func splitAtEveryByteTheAnswersAreTheSame() async throws {
        try await Self.withBoth { fast, slow, _ in
            let some = Self.corpus.prefix(8)
            let bytes = Array(some.joined().utf8)
            let expected = try await Self.exchange([bytes], some.count, slow)
            try #require(expected.count == some.count)
            try await RawConnection.with(port: fast.apiPort) { connection in
                for index in 1..<bytes.count {
                    try await connection.send(Array(bytes[..<index]))
                    try await Task.sleep(for: .microseconds(300))
                    try await connection.send(Array(bytes[index...]))
                    let answers = try await Self.answers(some.count, &connection)
                    try #require(answers == expected, "split at \(index)")
                }
            }
        }
    }

    @Test func byteByByteAndAllAtOnceTheAnswersAreTheSame() async throws {
        try await Self.withBoth { fast, slow, _ in
            let bytes = Array(Self.corpus.joined().utf8)
            let expected = try await Self.exchange([bytes], Self.corpus.count, slow)
            #expect(expected.count == Self.corpus.count)
            #expect(try await Self.exchange([bytes], Self.corpus.count, fast) == expected)
            #expect(try await Self.exchange(bytes.map { [$0] }, Self.corpus.count, fast) == expected)
        }
    }

    @Test func aThousandPipelinedRequestsOfBothLanesAreAnsweredInOrder() async throws {
        try await Self.withBoth { fast, _, _ in
            for stride in [1_001, 7, 2] {
                let requests = (0..<1_000).map { index in
                    let deal = Self.deals[index % 3]
                    // The other form in the slow lane and in the fast one by turns.
                    let field = index % 2 == 0 ? "If-Match: *" : "Accept: */*"
                    return index % stride == 1
                        ? Self.post(Self.ids([deal]), to: "/v1/deals/health", field)
                        : Self.get("/v1/deals/\(deal)/health")
                }
                try await RawConnection.with(port: fast.apiPort) { connection in
                    try await connection.send(requests.joined())
                    for index in 0..<1_000 {
                        let reply = try #require(try await connection.reply())
                        let deal = reply.string("deal_id") ?? reply.objects("deals").first?["deal_id"] as? String
                        try #require(deal == Self.deals[index % 3], "\(index): \(reply.text)")
                        #expect((reply.string("deal_id") == nil) == (index % stride == 1))
                    }
                    connection.finishSending()
                    #expect(try await connection.isClosedByPeer())
                }
            }
        }
    }

    @Test func readsBehindASlowRequestWaitForIt() async throws {
        try await Self.withBoth { fast, _, engine in
            let next = engine.positions.applied.value + 1
            try await RawConnection.with(port: fast.apiPort) { connection in
                try await connection.send(
                    Self.get("/v1/deals/a/health") + Self.get("/v1/deals/a/health?min_lsn=\(next)")
                        + Self.get("/v1/deals/b-~/health") + Self.get("/v1/deals/a/health"))
                #expect(try await connection.reply()?.integer("events") == 2)
                try await Task.sleep(for: .milliseconds(50))
                _ = try await engine.submit(Samples.test("a", id: "late"))
                #expect(try await connection.reply()?.integer("events") == 3)
                #expect(try await connection.reply()?.string("deal_id") == "b-~")
                #expect(try await connection.reply()?.integer("events") == 3)
            }
        }
    }

    @Test func readsBehindASlowBodyWaitForIt() async throws {
        try await Self.withBoth { fast, _, _ in
            try await RawConnection.with(port: fast.apiPort) { connection in
                let request =
                    Self.post(Samples.test("a", id: "slow"), to: "/v1/events") + Self.get("/v1/deals/a/health")
                for part in stride(from: 0, to: request.utf8.count, by: 40) {
                    try await connection.send(Array(request.utf8.dropFirst(part).prefix(40)))
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try await connection.reply()?.integer("accepted") == 1)
                #expect(try await connection.reply()?.integer("events") == 3)
            }
        }
    }

    @Test func halfClosedConnectionsGetAllTheirAnswers() async throws {
        try await Self.withBoth { fast, slow, _ in
            let requests = Array(
                (Self.get("/v1/deals/a/health") + Self.post("{}") + Self.get("/v1/deals/a/health", "If-None-Match: *")
                    + Self.post(Self.ids(["a"]))).utf8)
            for server in [fast, slow] {
                for tail in ["", "GET /v1/de", String(Self.post(Self.ids(["a"])).dropLast())] {
                    try await RawConnection.with(port: server.apiPort) { connection in
                        try await connection.send(requests + Array(tail.utf8))
                        connection.finishSending()
                        for status in [200, 422, 304, 200] { #expect(try await connection.reply()?.status == status) }
                        if !tail.isEmpty { _ = try await connection.reply() }
                        #expect(try await connection.isClosedByPeer())
                    }
                }
            }
        }
    }

    @Test func aReaderThatStopsReadingGetsEverythingLater() async throws {
        try await Self.withBoth { fast, _, _ in
            try await RawConnection.with(port: fast.apiPort) { connection in
                let count = 10_000
                // Returns at once; what the sockets do not take waits in our channel.
                try await connection.send(String(repeating: Self.get("/v1/deals/a/health"), count: count))
                try await Task.sleep(for: .milliseconds(200))
                for _ in 0..<count { try #require(try await connection.reply()?.integer("events") == 2) }
            }
        }
    }

    @Test func bothLanesCountAlike() async throws {
        try await Self.withBoth { fast, slow, _ in
            for server in [fast, slow] {
                for path in ["/v1/deals/a/health", "/v1/deals/a/health", "/v1/deals/unknown/health"] {
                    _ = try await server.get(path)
                }
                let text = try await server.get("/metrics", from: .operations).text
                for line in [
                    #"dealhealth_http_requests_total{method="GET",route="/v1/deals/{id}/health",status="200"} 2"#,
                    #"dealhealth_http_requests_total{method="GET",route="/v1/deals/{id}/health",status="404"} 1"#,
                    #"dealhealth_http_request_duration_seconds_count{route="/v1/deals/{id}/health"} 3"#,
                ] {
                    #expect(text.contains(line), "\(line)\n\(text)")
                }
            }
        }
    }
}
