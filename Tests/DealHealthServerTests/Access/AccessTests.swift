import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

/// Who may do what, over sockets: the same in both lanes, byte for byte but for `Date` and the seconds that a bucket takes to fill.
@Suite struct AccessTests {
    private static let secret = String(repeating: "s", count: 40)

    private static func ring() throws -> KeyRing {
        KeyRing(keys: try TokenKeys(secret), issuer: nil, audience: nil)
    }

    private static func token(_ scope: String, subject: String = "me", secret: String = secret) throws -> String {
        let now = Timestamp(microseconds: Int64(Date.now.timeIntervalSince1970 * 1e6))
        return try TokenMint(keys: try TokenKeys(secret)).token(
            subject: subject, scope: scope, now: now, lifetime: .seconds(600))
    }

    /// What both lanes answer to each of `requests`, one after the other; fails where they differ.
    private static func statuses(_ access: () throws -> AccessSettings, _ requests: [String]) async throws -> [String] {
        let (first, second) = (try access(), try access())
        let answers = Locked<[String]>([])
        try await EngineHarness(log: InMemoryLog()).run { engine in
            // What the requests post has counted before, so that the second server answers as the first.
            let ids = ["x", "y", "c", "r"] + (0..<8).map { "batch-\($0)" }
            _ = try await engine.submit(
                Samples.lines([Samples.test("a"), Samples.test("b")] + ids.map { Samples.test("a", id: $0) }))
            let handle = EngineHandle()
            handle.recovered(engine)
            try await TestServer.serve(handle, access: first) { fast in
                try await TestServer.serve(handle, isFastLaneEnabled: false, access: second) { slow in
                    for request in requests {
                        let expected = try await exchange(request, slow)
                        #expect(try await exchange(request, fast) == expected, "\(request)")
                        answers.withLock { $0.append(expected) }
                    }
                }
            }
        }
        return answers.withLock { $0 }
    }

    private static func exchange(_ request: String, _ server: TestServer) async throws -> String {
        try await RawConnection.with(port: server.apiPort) { connection in
            try await connection.send(request)
            guard let (head, body) = try await connection.rawReply(hasBody: !request.hasPrefix("HEAD")) else {
                return ""
            }
            let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map { line in
                if line.hasPrefix("Date: ") { return "Date" }
                if line.hasPrefix("RateLimit: "), let end = line.range(of: ";t=") {
                    return String(line[..<end.lowerBound])
                }
                return String(line)
            }
            return lines.joined(separator: "\n") + String(decoding: body, as: UTF8.self)
        }
    }

    private static func get(_ path: String, _ fields: String...) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n"
    }

    private static func post(_ body: String, _ fields: String..., to path: String = "/v1/events") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields.map { $0 + "\r\n" }.joined())"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func eventsNeedATokenForThem() async throws {
        let event = Samples.test("a", id: "once")
        let writer = "Authorization: Bearer \(try Self.token("events:write"))"
        let reader = "Authorization: bearer \(try Self.token("deals:read"))"
        let admin = "Authorization: BEARER \(try Self.token("admin"))"
        let other = "Authorization: Bearer \(try Self.token("events:write", secret: String(repeating: "o", count: 40)))"
        let answers = try await Self.statuses(
            {
                var access = AccessSettings()
                access.keys = try Self.ring()
                return access
            },
            [
                Self.post(event), Self.post(event, reader), Self.post(event, other),
                Self.post(event, "Authorization: Basic eDp5"),
                Self.post(event, "Authorization: Bearer"), Self.post(event, writer, writer),
                Self.post("[\(event)]"), Self.post("[\(event)]", reader),
                Self.get("/v1/deals/a/health"), Self.get("/v1/deals/a/health", reader),
                Self.get("/v1/deals/a/health", other),
                Self.get("/v1/deals/a/health?min_lsn=1", other), Self.get("/livez", other),
                Self.get("/v1/deals", other),
            ])
        let codes = answers.map { $0.dropFirst(9).prefix(3) }
        #expect(
            codes == ["401", "403", "401", "401", "401", "401", "401", "403", "200", "200", "401", "401", "200", "401"])
        #expect(answers[0].contains("WWW-Authenticate: Bearer realm=\"dealhealth\"\n"))
        #expect(answers[1].contains("error=\"insufficient_scope\", scope=\"events:write\""))
        #expect(answers[2].contains("error=\"invalid_token\""))
        #expect(answers[2].contains(#""reason":"invalid_token""#))
        for token in [writer, admin] {
            var access = AccessSettings()
            access.keys = try Self.ring()
            try await TestServer.run(access: access) { server, _ in
                let field = HTTPFields(dictionaryLiteral: (.authorization, String(token.dropFirst(15))))
                let reply = try await server.send(.post, "/v1/events", headers: field, body: event)
                #expect(reply.status == 200 && reply.integer("accepted") == 1)
            }
        }
    }

    @Test func readsNeedATokenWhereTheyAreProtected() async throws {
        let reader = "Authorization: Bearer \(try Self.token("deals:read"))"
        let writer = "Authorization: Bearer \(try Self.token("events:write"))"
        let answers = try await Self.statuses(
            {
                var access = AccessSettings()
                access.keys = try Self.ring()
                access.areReadsProtected = true
                return access
            },
            [
                Self.get("/v1/deals/a/health"), Self.get("/v1/deals/a/health", reader),
                Self.get("/v1/deals/a/health", writer),
                Self.get("/v1/deals/none/health"), Self.get("/v1/deals/none/health", reader),
                Self.get("/v1/deals/a/health", "Connection: close"),
                "HEAD /v1/deals/a/health HTTP/1.1\r\nHost: x\r\n\r\n",
                Self.get("/v1/deals/health?ids=a,b"), Self.get("/v1/deals/health?ids=a,b", reader),
                Self.post(#"{"deal_ids":["a"]}"#, to: "/v1/deals/health"),
                Self.post(#"{"deal_ids":["a"]}"#, reader, to: "/v1/deals/health"), Self.get("/v1/deals"),
                Self.get("/v1/deals", reader), Self.get("/v1/deals/a/history"), Self.get("/readyz"),
                Self.get("/nothing"),
            ])
        #expect(
            answers.map { $0.dropFirst(9).prefix(3) } == [
                "401", "200", "403", "401", "404", "401", "401", "401", "200", "401", "200", "401", "200", "401", "200",
                "404",
            ])
    }

    @Test func whoAsksTooOftenIsToldWhenToAskAgain() async throws {
        let me = "Authorization: Bearer \(try Self.token("deals:read events:write"))"
        let you = "Authorization: Bearer \(try Self.token("deals:read", subject: "you"))"
        let read = Self.get("/v1/deals/a/health", me)
        let answers = try await Self.statuses(
            {
                var access = AccessSettings()
                access.keys = try Self.ring()
                access.rateLimit = try RateLimit(requestsPerMinute: 1, burst: 4)
                return access
            },
            [
                read, Self.get("/v1/deals/health?ids=a", me), Self.post(Samples.test("a", id: "x"), me), read, read,
                Self.post(Samples.test("a", id: "y"), me), Self.get("/v1/deals", me),
                Self.get("/v1/deals/a/health", you),
                Self.get("/livez", me), Self.get("/v1/deals/a/health"),
            ])
        #expect(
            answers.map { $0.dropFirst(9).prefix(3) } == [
                "200", "200", "200", "200", "429", "429", "429", "200", "200", "200",
            ])
        #expect(answers[0].contains("RateLimit-Policy: \"default\";q=4;w=240\nRateLimit: \"default\";r=3"))
        #expect(answers[4].contains("\nRetry-After: ") && answers[4].contains("RateLimit: \"default\";r=0"))
        #expect(answers[4].contains(#""reason":"rate_limited""#))
        #expect(!answers[8].contains("RateLimit"))
    }

    /// A batch counts as many requests as it has events.
    @Test func batchesAreChargedByTheirEvents() async throws {
        let events = (0..<8).map { Samples.test("a", id: "batch-\($0)") }
        let answers = try await Self.statuses(
            {
                var access = AccessSettings()
                access.rateLimit = try RateLimit(requestsPerMinute: 60, burst: 10)
                return access
            },
            [
                Self.post("{"), Self.post(#"{"deal_ids":["a"}"#, to: "/v1/deals/health"),
                Self.post("[\(events.joined(separator: ","))]"), Self.get("/v1/deals/a/health"),
                Self.get("/v1/deals/a/health"),
                Self.get("/v1/deals/a/health"),
            ])
        // One for each of the two that are malformed, in whichever lane that is found out.
        #expect(answers[1].contains("RateLimit: \"default\";r=8"))
        #expect(answers[2].contains("RateLimit: \"default\";r=7"))
        #expect(answers.map { $0.dropFirst(9).prefix(3) } == ["400", "400", "200", "429", "429", "429"])
    }

    @Test func pagesThatMayCallAreTold() async throws {
        let allowed = "Origin: https://shop.example"
        let other = "Origin: https://other.example"
        let preflight =
            "OPTIONS /v1/events HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: authorization, content-type\r\n"
        let answers = try await Self.statuses(
            {
                var access = AccessSettings()
                access.cors = try CORSPolicy(
                    origins: ["https://shop.example", "chrome-extension://abc"], methods: ["GET", "POST"],
                    headers: ["*"])
                return access
            },
            [
                Self.get("/v1/deals/a/health", allowed), Self.get("/v1/deals/a/health", other),
                Self.get("/v1/deals/a/health"),
                Self.get("/v1/deals/none/health", allowed), Self.get("/v1/deals/a/health", allowed, "If-None-Match: *"),
                Self.post(Samples.test("a", id: "c"), allowed), Self.post("{", allowed), Self.get("/v1/deals", allowed),
                Self.get("/v1/deals/health?ids=a", allowed),
                Self.get("/v1/deals/a/health", "Origin: chrome-extension://abc"),
                preflight + allowed + "\r\n\r\n", preflight + other + "\r\n\r\n",
            ])
        for index in [0, 3, 4, 5, 6, 7, 8] {
            #expect(answers[index].contains("Access-Control-Allow-Origin: https://shop.example\n"), "\(answers[index])")
            #expect(answers[index].contains("\nVary: Origin\n"))
        }
        #expect(answers[9].contains("Access-Control-Allow-Origin: chrome-extension://abc\n"))
        #expect(!answers[1].contains("Access-Control-Allow") && answers[1].contains("\nVary: Origin\n"))
        #expect(!answers[2].contains("Access-Control-Allow"))
        #expect(answers[10].hasPrefix("HTTP/1.1 204 "))
        #expect(answers[10].contains("Access-Control-Allow-Methods: GET, POST\n"))
        #expect(answers[10].contains("Access-Control-Allow-Headers: authorization, content-type\n"))
        #expect(answers[11].hasPrefix("HTTP/1.1 204 ") && !answers[11].contains("Access-Control-Allow"))
    }

    @Test func idsOfRequestsComeBack() async throws {
        let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let long = String(repeating: "x", count: ServerLimits.echoedFieldBytesMax + 1)
        let answers = try await Self.statuses(
            AccessSettings.init,
            [
                Self.get("/v1/deals/a/health", "X-Request-Id: abc-1", parent),
                Self.get("/v1/deals", "x-request-id: abc-1"),
                Self.get("/v1/deals/a/health", "X-Request-Id: \(long)"),
                Self.get("/v1/deals/a/health", "X-Request-Id: a b"),
                Self.post(Samples.test("a", id: "r"), "X-Request-Id: abc-2"),
                Self.get("/nothing", "X-Request-Id: abc-3"),
            ])
        #expect(answers[0].contains("\nX-Request-Id: abc-1\n\(parent)\n"))
        #expect(answers[1].contains("\nX-Request-Id: abc-1\n"))
        #expect(!answers[2].contains("X-Request-Id") && !answers[3].contains("X-Request-Id"))
        #expect(answers[4].contains("\nX-Request-Id: abc-2\n"))
        #expect(answers[5].contains("\nX-Request-Id: abc-3\n"))
    }

    @Test func aReplacedKeyEndsItsTokensAtOnce() async throws {
        let ring = try Self.ring()
        let old = try Self.token("deals:read")
        let new = try Self.token("deals:read", secret: String(repeating: "n", count: 40))
        var access = AccessSettings()
        access.keys = ring
        access.areReadsProtected = true
        try await TestServer.run(access: access) { server, engine in
            _ = try await engine.submit(Samples.test("a"))
            func status(_ token: String) async throws -> Int {
                try await server.send(.get, "/v1/deals/a/health", headers: [.authorization: "Bearer \(token)"]).status
            }
            #expect(try await status(old) == 200)
            #expect(try await status(new) == 401)
            ring.replace(keys: try TokenKeys(String(repeating: "n", count: 40)))
            #expect(try await status(old) == 401)
            #expect(try await status(new) == 200)
        }
    }
}
