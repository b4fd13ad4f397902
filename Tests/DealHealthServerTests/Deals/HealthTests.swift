import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct HealthTests {
    @Test func aDealsHealthHasEveryMember() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let reply = try await server.get("/v1/deals/a/health")
            #expect(reply.status == 200 && reply.headers[.contentType] == "application/json")
            #expect(
                Set(reply.json.keys) == [
                    "deal_id", "merchant_id", "health_score", "confidence", "interval", "works_probability", "status",
                    "events", "last_event_at", "as_of", "lsn",
                ])
            let state = try #require(engine.state("a"))
            let assessment = Assessment(of: state, at: engine.now(), settings: engine.scoring.settings)
            let score = assessment.score
            #expect(reply.number("health_score") == (score.healthScore * 100).rounded() / 100)
            #expect(reply.number("confidence") == (score.confidence * 10_000).rounded() / 10_000)
            let interval = try #require(reply.json["interval"] as? [NSNumber])
            #expect(
                interval.map { $0.doubleValue }
                    == [score.lowerBound, score.upperBound].map { ($0 * 100).rounded() / 100 })
            #expect(
                reply.number("works_probability")
                    == (assessment.forecast.worksProbability * 10_000).rounded() / 10_000)
            #expect(reply.string("status") == assessment.forecast.status.rawValue)
            #expect(reply.string("deal_id") == "a" && reply.integer("merchant_id") == 7)
            #expect(reply.integer("events") == 1 && reply.integer("lsn").map { UInt64($0) } == state.lastLSN.value)
            #expect(reply.string("last_event_at") == "\(EngineHarness<InMemoryLog>.start)")
            #expect(reply.string("as_of") == "\(engine.now())")
        }
    }

    @Test func aDealWithoutMerchantHasNull() async throws {
        try await TestServer.run { server, _ in
            let tip =
                #"{"type":"CommunityTip","promotionId":"t","timestamp":"2026-05-01T00:00:00Z","tipText":"worked for me"}"#
            #expect(try await server.post(tip).status == 200)
            let reply = try await server.get("/v1/deals/t/health")
            #expect(reply.json["merchant_id"] is NSNull)
        }
    }

    @Test func headAnswersLikeGetWithoutABody() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let get = try await server.get("/v1/deals/a/health")
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("HEAD /v1/deals/a/health HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try #require(try await connection.reply(hasBody: false))
                #expect(head.status == 200 && head.headers[.contentLength] == "\(get.bytes.count)")
                try await connection.send("HEAD /v1/deals/b/health HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.reply(hasBody: false)?.status == 404)
                try await connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.reply()?.string("status") == "alive")
            }
        }
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("a/b?c#d%", "a%2Fb%3Fc%23d%25"), ("é😀", "%C3%A9%F0%9F%98%80"), ("a+b", "a+b"),
        ("health", "health"), ("..", ".."), (String(repeating: "x", count: 255), String(repeating: "%78", count: 255)),
    ])
    func idsAreDecoded(id: String, path: String) async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test(id)).status == 200)
            let one = try await server.get("/v1/deals/\(path)/health")
            #expect(one.status == 200 && one.string("deal_id") == id)
            let many = try await server.get("/v1/deals/health?ids=\(path)")
            #expect(many.objects("deals").first?["deal_id"] as? String == id)
            #expect(try await server.get("/v1/deals/\(path)/history").objects("history").count == 1)
        }
    }

    @Test func badIdsAndUnknownOnesAreProblems() async throws {
        try await TestServer.run { server, _ in
            for path in ["%", "%zz", "%ff", "%C0%80"] {
                try await server.get("/v1/deals/\(path)/health").expectProblem(400, "malformed")
                try await server.get("/v1/deals/\(path)/history").expectProblem(400, "malformed")
                try await server.get("/v1/deals/health?ids=a,\(path)").expectProblem(400, "malformed")
            }
            for path in ["nobody", "%00", String(repeating: "x", count: 256)] {
                try await server.get("/v1/deals/\(path)/health").expectProblem(404, "unknown_deal")
                try await server.get("/v1/deals/\(path)/history").expectProblem(404, "unknown_deal")
            }
        }
    }

    @Test func minLSNWaitsUntilApplied() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let last = engine.positions.applied.value
            #expect(try await server.get("/v1/deals/a/health?min_lsn=\(last)").status == 200)
            async let waiting = server.get("/v1/deals/a/health?min_lsn=\(last + 1)")
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await server.post(Samples.test("a", id: "2")).status == 200)
            let reply = try await waiting
            #expect(reply.status == 200 && reply.integer("events") == 2)
            for value in ["x", "-1", "", "18446744073709551616"] {
                try await server.get("/v1/deals/a/health?min_lsn=\(value)").expectProblem(422, "invalid")
            }
        }
    }

    @Test func minLSNGivesUpInTime() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let start = ContinuousClock.now
            async let one = server.get("/v1/deals/a/health?min_lsn=99")
            async let many = server.get("/v1/deals/health?ids=a&min_lsn=18446744073709551615")
            try await one.expectProblem(503, "timeout")
            try await many.expectProblem(503, "timeout")
            #expect(ContinuousClock.now - start < Limits.minLSNWaitMax + .seconds(3))
        }
    }

    @Test func unknownParametersAreIgnored() async throws {
        try await TestServer.run { server, _ in
            let posted = try await server.post(Samples.test("a"))
            let reply = try await server.get("/v1/deals/a/health?utm_source=x&y")
            #expect(posted.status == 200 && reply.status == 200)
        }
    }
}
