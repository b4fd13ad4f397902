import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Logging
import ServiceLifecycle
import Testing

@testable import DealHealthServer

@Suite struct ConnectionTests {
    @Test func unknownPathsAndWrongMethodsAreProblems() async throws {
        try await TestServer.run { server, _ in
            for path in ["/", "/v1", "/v2/deals", "/v1/deals/a", "/v1/deals//health", "/v1/events/"] {
                try await server.get(path).expectProblem(404, "not_found")
            }
            for (method, path, allow) in [
                (HTTPRequest.Method.get, "/v1/events", "POST"), (.delete, "/v1/deals/a/health", "GET, HEAD"),
                (.put, "/v1/deals/health", "GET, HEAD, POST"), (.post, "/livez", "GET, HEAD"),
                (.options, "/v1/deals", "GET, HEAD"), (.patch, "/v1/merchants/7/deals", "GET, HEAD"),
                (.post, "/v1/deals/a/history", "GET, HEAD"),
            ] {
                let reply = try await server.send(method, path)
                reply.expectProblem(405, "method_not_allowed")
                #expect(reply.headers[.allow] == allow)
            }
        }
    }

    @Test func headersOverTheLimitAre431() async throws {
        try await TestServer.run { server, _ in
            let fields = (0..<400).map { "X-Field-\($0): \(String(repeating: "v", count: 100))\r\n" }.joined()
            let long = "X-Long: \(String(repeating: "v", count: 20_000))\r\n"
            for headers in [long, String(fields.prefix(18_000)), String(repeating: "A: b\r\n", count: 300)] {
                try await RawConnection.with(port: server.apiPort) { connection in
                    try await connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
                    let reply = try #require(try await connection.reply())
                    reply.expectProblem(431, "headers_too_large")
                    #expect(reply.headers[.connection] == "close")
                    #expect(try await connection.isClosedByPeer())
                }
            }
        }
    }

    @Test(arguments: ["nonsense\r\n\r\n", "GET / HTTP/1.1\r\nbroken header\r\n\r\n", "GET  HTTP/1.1\r\n\r\n"])
    func whatIsNoHTTPIs400(request: String) async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(request)
                try await connection.reply()?.expectProblem(400, "malformed")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test(
        arguments: [
            "GET /livez HTTP/1.1\r\nHost: x\r\nHost: x", "GET /livez HTTP/1.1\r\nX: y",
            "GET /livez HTTP/1.0\r\nHost: x\r\nHost: x",
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ",
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked",
            "POST /v1/events HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked",
        ])
    func whatCanBeReadInTwoWaysIs400(head: String) async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("\(head)\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                try await connection.reply()?.expectProblem(400, "malformed")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test(
        arguments: [
            "GET /livez HTTP/1.0", "GET /livez HTTP/1.0\r\nHost: x\r\nConnection: keep-alive",
            "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c",
            "GET /livez HTTP/1.1\r\nHost: x\r\nProxy-Connection: close", "CONNECT x:80 HTTP/1.1\r\nHost: x",
        ])
    func aRequestThatNothingCanFollowEndsTheConnection(head: String) async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("\(head)\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                let reply = try #require(try await connection.reply())
                #expect(reply.status < 500)
                #expect(reply.headers[.connection] == "close")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func aMalformedRequestIsAnsweredAfterThoseBeforeIt() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let next = engine.positions.applied.value + 1
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send(
                    "GET /v1/deals/a/health?min_lsn=\(next) HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
                try await Task.sleep(for: .milliseconds(100))
                #expect(try await server.post(Samples.test("a", id: "2")).status == 200)
                #expect(try await connection.reply()?.integer("events") == 2)
                try await connection.reply()?.expectProblem(400, "malformed")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await TestServer.run { server, _ in
            let lines = (0..<100).map { Samples.test("d\($0)") }
            #expect(try await server.post(Samples.lines(lines), as: "application/jsonl").integer("accepted") == 100)
            let requests = (0..<100).map { "GET /v1/deals/d\($0)/health HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            try await RawConnection.with(port: server.apiPort) { connection in
                for part in stride(from: 0, to: requests.utf8.count, by: 777) {
                    try await connection.send(Array(requests.utf8.dropFirst(part).prefix(777)))
                }
                for index in 0..<100 {
                    #expect(try await connection.reply()?.string("deal_id") == "d\(index)")
                }
            }
        }
    }

    @Test func aRefusedLongBodyEndsTheConnectionAndAShortOneDoesNot() async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345")
                try await connection.reply()?.expectProblem(405, "method_not_allowed")
                try await connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.reply()?.status == 200)
                try await connection.send("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
                let reply = try #require(try await connection.reply())
                reply.expectProblem(413, "too_large")
                #expect(reply.headers[.connection] == "close")
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func halfClosedConnectionsStillGetTheirAnswer() async throws {
        try await TestServer.run { server, _ in
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                connection.finishSending()
                #expect(try await connection.reply()?.status == 200)
                #expect(try await connection.isClosedByPeer())
            }
        }
    }

    @Test func requestsInFlightFinishWhenStopping() async throws {
        let log = InMemoryLog()
        let (commits, announce) = AsyncStream<Void>.makeStream()
        let (replies, answer) = AsyncStream<Reply?>.makeStream()
        try await EngineHarness(log: log).run { engine in
            let handle = EngineHandle()
            handle.recovered(engine)
            do {
                // Serving ends, gracefully, while the event is on its way to the disk.
                try await TestServer.serve(handle) { server in
                    log.inject { _ in
                        announce.yield()
                        usleep(200_000)
                        return nil
                    }
                    Task { answer.yield(try? await server.post(Samples.test("a"))) }
                    for await _ in commits { break }
                }
                log.inject(nil)
                for await reply in replies {
                    #expect(reply?.status == 200 && reply?.integer("accepted") == 1)
                    break
                }
            }
        }
    }

    @Test func anAddressInUseIsAnErrorThatNamesTheFlag() async throws {
        try await TestServer.run { server, _ in
            var settings = ServerSettings()
            settings.port = server.apiPort
            settings.metricsPort = 0
            let other = HTTPServer(
                settings: settings, handle: EngineHandle(), registry: PrometheusRegistry(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let error = await #expect(throws: ServerError.self) { try await other.api.run() }
            #expect(error?.code == .cannotListen && error?.message.contains("--port") == true)
        }
    }
}
