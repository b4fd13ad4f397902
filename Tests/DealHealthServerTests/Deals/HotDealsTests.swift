import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct HotDealsTests {
    @Test func bothLanesNoteWhatIsRead() async throws {
        for isFast in [true, false] {
            try await EngineHarness(log: InMemoryLog()).run { engine in
                _ = try await engine.submit(Samples.lines((0..<100).map { Samples.test("written", id: "\($0)") }))
                let handle = EngineHandle()
                handle.recovered(engine)
                try await TestServer.serve(handle, isFastLaneEnabled: isFast) { server in
                    try await Self.read(server)
                    let reply = try await server.get("/hot-deals", from: .operations)
                    #expect(reply.status == 200 && reply.headers[.cacheControl] == "no-store")
                    let reads = reply.objects("reads")
                    #expect(reads.compactMap { $0["deal_id"] as? String } == ["a", "b"])
                    #expect(Set(reads.first?.keys.map { $0 } ?? []) == ["deal_id", "per_second", "per_second_min"])
                    #expect(reply.objects("writes").compactMap { $0["deal_id"] as? String } == ["written"])
                    #expect(try await server.get("/hot-deals?limit=1", from: .operations).objects("reads").count == 1)
                }
            }
        }
    }

    /// 1,900 reads of `a` and 500 of `b`.
    private static func read(_ server: TestServer) async throws {
        try await RawConnection.with(port: server.apiPort) { connection in
            for id in ["a", "a", "b"] {
                let request = "GET /v1/deals/health?ids=\(Array(repeating: id, count: 500).joined(separator: ","))"
                try await connection.send("\(request) HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.reply()?.status == 200)
            }
            for _ in 0..<900 {
                try await connection.send("GET /v1/deals/a/health HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.reply()?.status == 404)
            }
        }
    }

    @Test func itIsForOperatorsOnly() async throws {
        try await TestServer.run { server, _ in
            try await server.get("/hot-deals").expectProblem(404, "not_found")
            for limit in ["0", "129", "x"] {
                try await server.get("/hot-deals?limit=\(limit)", from: .operations).expectProblem(422, "invalid")
            }
            try await server.send(.post, "/hot-deals", to: .operations).expectProblem(405, "method_not_allowed")
            #expect(try await server.get("/hot-deals", from: .operations).text == #"{"reads":[],"writes":[]}"#)
        }
        try await TestServer.serve(EngineHandle()) { server in
            try await server.get("/hot-deals", from: .operations).expectProblem(503, "recovering")
        }
    }
}
