import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct EventLinesTests {
    private static let head =
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ bytes: some Collection<UInt8>) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }

    @Test func linesAreCountedWithoutBlankOnes() async throws {
        try await TestServer.run { server, _ in
            let body = "\n" + Samples.test("a", id: "1") + "\r\n  \nnonsense\n" + Samples.test("b", id: "2")
            let reply = try await server.post(body, as: "application/x-ndjson")
            #expect(reply.status == 200 && reply.integer("accepted") == 2)
            #expect(reply.objects("rejected").compactMap { $0["index"] as? Int } == [1])
            let one = try await server.post("nonsense", as: "application/x-ndjson")
            #expect(one.status == 200 && one.objects("rejected").count == 1)
            let none = try await server.post("", as: "application/x-ndjson")
            #expect(none.status == 200 && none.integer("accepted") == 0)
        }
    }

    @Test func everyChunkBoundaryGivesTheSameAnswer() async throws {
        try await TestServer.run { server, _ in
            let body = Array((Samples.test("é😀", id: "1") + "\r\n1\n" + Samples.test("b", id: "2")).utf8)
            try await RawConnection.with(port: server.apiPort) { connection in
                for split in 1..<body.count {
                    try await connection.send(
                        Array(Self.head.utf8) + Self.chunk(body[..<split]) + Self.chunk(body[split...])
                            + Array("0\r\n\r\n".utf8))
                    let reply = try #require(try await connection.reply())
                    #expect(reply.status == 200)
                    #expect(reply.integer("accepted") == (split == 1 ? 2 : 0))
                    #expect(reply.integer("duplicates") == (split == 1 ? 0 : 2))
                    #expect(reply.objects("rejected").compactMap { $0["index"] as? Int } == [1])
                }
            }
        }
    }

    @Test func severalPiecesKeepTheirIndices() async throws {
        try await TestServer.run { server, engine in
            // Over three submissions of 1 MiB, with a fault in each.
            let padding = #","notes":"\#(String(repeating: "n", count: 900))""#
            let lines = (0..<4_000).map { index in
                index % 1_000 == 999 ? "broken" : Samples.test("d\(index % 50)", id: "\(index)", extra: padding)
            }
            let reply = try await server.post(Samples.lines(lines), as: "application/x-ndjson")
            #expect(reply.status == 200 && reply.integer("accepted") == 3_996)
            #expect(
                reply.objects("rejected").compactMap { $0["index"] as? Int } == [999, 1_999, 2_999, 3_999])
            #expect(reply.integer("lsn").map { UInt64($0) } == engine.positions.applied.value)
        }
    }

    @Test func anOversizedLineIsOneRejectionAndTheRestGoesOn() async throws {
        try await TestServer.run { server, _ in
            let long = String(repeating: "x", count: 5 * Limits.eventBytesMax)
            let body = Samples.lines([Samples.test("a", id: "1"), long, Samples.test("a", id: "2"), long])
            let reply = try await server.post(body, as: "application/x-ndjson")
            #expect(reply.status == 200 && reply.integer("accepted") == 2)
            let rejected = reply.objects("rejected")
            #expect(rejected.compactMap { $0["index"] as? Int } == [1, 3])
            #expect((rejected.first?["reason"] as? String)?.contains("131072") == true)
        }
    }

    @Test func aBodyOverTheLimitIs413AndTellsWhatCounted() async throws {
        try await TestServer.run { server, _ in
            let announced = try await server.send(
                .post, "/v1/events", headers: [.contentType: "application/x-ndjson"],
                bytes: Array(repeating: 0x20, count: Limits.ndjsonBodyBytesMax + 1))
            announced.expectProblem(413, "too_large")
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(Self.head)
                try await connection.send(Self.chunk(Array(Samples.lines([Samples.test("a", id: "1")]).utf8)))
                let filler = Array(repeating: UInt8(ascii: " "), count: 1 << 20)
                for _ in 0...32 { try await connection.send(Self.chunk(filler)) }
                let reply = try #require(try await connection.reply())
                reply.expectProblem(413, "too_large")
                #expect(reply.integer("accepted") == 1)
            }
        }
    }

    @Test func whatWasSubmittedStaysWhenTheClientGoesAway() async throws {
        try await TestServer.run { server, engine in
            let padding = #","notes":"\#(String(repeating: "n", count: 4_000))""#
            let lines = (0..<600).map { Samples.test("d\($0)", id: "\($0)", extra: padding) }
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(Self.head)
                try await connection.send(Self.chunk(Array(Samples.lines(lines).utf8)))
                while engine.positions.applied.value < 200 { try await Task.sleep(for: .milliseconds(2)) }
            }
            #expect(engine.state("d0")?.eventCount == 1)
            let again = try await server.post(Samples.lines(lines), as: "application/x-ndjson")
            #expect(again.integer("accepted").map { $0 + (again.integer("duplicates") ?? 0) } == 600)
            #expect(again.integer("duplicates") ?? 0 >= 200)
        }
    }

    @Test func aPieceRefusedLaterTellsWhatCountedBefore() async throws {
        let log = InMemoryLog()
        try await TestServer.run(EngineHarness(log: log)) { server, engine in
            try await RawConnection.with(port: server.apiPort) { connection in
                let padding = #","notes":"\#(String(repeating: "n", count: 4_000))""#
                let lines = (0..<300).map { Samples.test("d", id: "\($0)", extra: padding) }
                try await connection.send(Self.head)
                try await connection.send(Self.chunk(Array(Samples.lines(lines).utf8)))
                while engine.state("d") == nil { try await Task.sleep(for: .milliseconds(2)) }
                let counted = Int(engine.state("d")?.eventCount ?? 0)
                log.inject { _ in LogError(.diskFull, "ENOSPC") }
                try await connection.send("0\r\n\r\n")
                let reply = try #require(try await connection.reply())
                reply.expectProblem(507, "disk_full")
                #expect(reply.integer("accepted") == counted)
                #expect(reply.string("detail")?.contains("sending all of it again is safe") == true)
                log.inject(nil)
            }
        }
    }

    @Test func aBodyThatIsNoHTTPIs400() async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(Self.head + "zz\r\n")
                try await connection.reply()?.expectProblem(400, "malformed")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func aPeerThatExpectsContinueGetsIt() async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                let body = Samples.test("a")
                try await connection.send(
                    "POST /v1/events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                )
                let interim = try await connection.reply(hasBody: false)
                #expect(interim?.status == 100)
                try await connection.send(body)
                #expect(try await connection.reply()?.status == 200)
            }
        }
    }
}
