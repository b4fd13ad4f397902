import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct EventDocumentTests {
    @Test func aSingleEventCountsOnce() async throws {
        try await TestServer.run { server, _ in
            let first = try await server.post(Samples.test("a", id: "1"))
            #expect(first.status == 200 && first.headers[.contentType] == "application/json")
            #expect(first.integer("accepted") == 1 && first.integer("duplicates") == 0)
            #expect(first.objects("rejected").isEmpty && first.json["rejected_total"] == nil)
            let lsn = try #require(first.integer("lsn"))
            let second = try await server.post(Samples.test("a", id: "1"))
            #expect(second.integer("accepted") == 0 && second.integer("duplicates") == 1)
            #expect(second.integer("lsn") == lsn)
        }
    }

    @Test func aSingleBadEventIs422AndAConflict409() async throws {
        try await TestServer.run { server, _ in
            let bad = try await server.post(#"{"type":"AutomatedTestResult"}"#)
            bad.expectProblem(422, "invalid")
            #expect(bad.string("detail")?.contains("missing field") == true)
            #expect(try await server.post(Samples.test("a", id: "1")).status == 200)
            try await server.post(Samples.test("a", works: false, id: "1")).expectProblem(409, "conflict")
            try await server.post("42").expectProblem(422, "invalid")
        }
    }

    @Test func anArrayListsWhatIsRefused() async throws {
        try await TestServer.run { server, _ in
            let events = [
                Samples.test("a", id: "1"), "1", Samples.test("b", id: "2"), Samples.test("a", works: false, id: "1"),
            ]
            let reply = try await server.post("[\(events.joined(separator: ","))]")
            #expect(reply.status == 200 && reply.integer("accepted") == 2)
            #expect(reply.objects("rejected").compactMap { $0["index"] as? Int } == [1, 3])
            let none = try await server.post("[1,2]")
            #expect(none.status == 200 && none.integer("accepted") == 0 && none.objects("rejected").count == 2)
            let empty = try await server.post("[]")
            #expect(empty.status == 200 && empty.integer("accepted") == 0 && empty.integer("lsn") == 3)
        }
    }

    @Test func rejectionsListedAreBounded() async throws {
        try await TestServer.run { server, _ in
            let body = "[" + Array(repeating: "1", count: 1_500).joined(separator: ",") + "]"
            let reply = try await server.post(body)
            #expect(reply.status == 200 && reply.objects("rejected").count == Limits.rejectionsListedMax)
            #expect(reply.integer("rejected_total") == 1_500)
        }
    }

    @Test(arguments: ["", "  ", "{", "[1,]", #"{"a":1}x"#, "\u{FEFF}{}"])
    func malformedJSONIs400WithItsPlace(body: String) async throws {
        try await TestServer.run { server, _ in
            let reply = try await server.post(body)
            reply.expectProblem(400, "malformed")
            #expect(reply.integer("offset") != nil)
        }
    }

    @Test func aBodyOverTheLimitIs413() async throws {
        try await TestServer.run { server, _ in
            let fitting = "[" + String(repeating: " ", count: Limits.jsonBodyBytesMax - 2) + "]"
            #expect(try await server.post(fitting).status == 200)
            let reply = try await server.post(fitting + " ")
            reply.expectProblem(413, "too_large")
            #expect(reply.headers[.connection] == "close" && reply.integer("limit_bytes") == Limits.jsonBodyBytesMax)
        }
    }

    @Test func aChunkedBodyOverTheLimitIs413BeforeItsEnd() async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(
                    "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
                for _ in 0...16 { try await connection.send(chunk) }
                try await connection.reply()?.expectProblem(413, "too_large")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func mediaTypes() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("a"), as: nil).status == 200)
            #expect(try await server.post(Samples.test("b"), as: "application/json; charset=utf-8").status == 200)
            for type in ["application/x-ndjson", "application/ndjson", "application/jsonl"] {
                #expect(try await server.post("", as: type).status == 200)
            }
            let reply = try await server.post(Samples.test("a"), as: "text/csv")
            reply.expectProblem(415, "unsupported_media_type")
            #expect(reply.headers[.acceptPost] == "application/json, application/x-ndjson")
        }
    }

    @Test func everyChunkBoundaryOfABodyGivesTheSameAnswer() async throws {
        try await TestServer.run { server, _ in
            let body = Array("[\(Samples.test("é😀", id: "1")),1]".utf8)
            try await RawConnection.with(port: server.apiPort) { connection in
                for split in 1..<body.count {
                    try await connection.send(
                        "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for part in [body[..<split], body[split...]] {
                        try await connection.send("\(String(part.count, radix: 16))\r\n")
                        try await connection.send(part)
                        try await connection.send("\r\n")
                    }
                    try await connection.send("0\r\n\r\n")
                    let reply = try #require(try await connection.reply())
                    #expect(reply.status == 200 && reply.objects("rejected").count == 1)
                    #expect(reply.integer("accepted") == (split == 1 ? 1 : 0))
                }
            }
        }
    }

    @Test func aFailedLogIs503AndNotReady() async throws {
        let log = InMemoryLog()
        try? await TestServer.run(EngineHarness(log: log)) { server, _ in
            log.inject { _ in LogError(.failed, "EIO") }
            try await server.post(Samples.test("a")).expectProblem(503, "log_failed")
            try await server.get("/readyz").expectProblem(503, "log_failed")
            #expect(try await server.get("/health").status == 503)
            #expect(try await server.get("/livez").status == 200)
            try await server.get("/v1/deals/a/health").expectProblem(404, "unknown_deal")
        }
        #expect(log.commitCount > 1)
    }

    @Test func aFullDiskIs507AndHeals() async throws {
        let log = InMemoryLog()
        try await TestServer.run(EngineHarness(log: log)) { server, _ in
            #expect(try await server.post(Samples.test("a")).status == 200)
            log.inject { _ in LogError(.diskFull, "ENOSPC") }
            let reply = try await server.post(Samples.test("b"))
            reply.expectProblem(507, "disk_full")
            #expect(reply.string("title") == "Insufficient Storage")
            let ready = try await server.get("/readyz")
            #expect(ready.status == 200 && ready.string("log") == "disk_full")
            #expect(try await server.get("/health").string("status") == "degraded")
            #expect(try await server.get("/v1/deals/a/health").status == 200)
            log.inject(nil)
            var status = 507
            while status == 507 { status = try await server.post(Samples.test("b")).status }
            #expect(status == 200)
            #expect(try await server.get("/readyz").string("log") == "healthy")
        }
    }
}
