import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct ProbeTests {
    @Test(arguments: ListenerKind.allCases)
    func everythingIsWellOnceRecovered(kind: ListenerKind) async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            #expect(try await server.get("/livez", from: kind).text == #"{"status":"alive"}"#)
            #expect(try await server.get("/startupz", from: kind).string("status") == "started")
            #expect(try await server.get("/readyz", from: kind).text == #"{"status":"ready","log":"healthy"}"#)
            let health = try await server.get("/health", from: kind)
            #expect(health.status == 200 && health.string("status") == "healthy" && health.string("version") == "1.2.3")
            #expect(health.string("timestamp") == "\(engine.now())" && health.number("uptime_seconds") ?? -1 >= 0)
            let components = try #require(health.json["components"] as? [String: [String: Any]])
            #expect(
                components["log"]?["applied_lsn"] as? Int == 2 && components["log"]?["status"] as? String == "healthy")
            #expect(components["engine"]?["deals"] as? Int == 1)
        }
    }

    @Test func whileRecoveringOnlyLivenessIsWell() async throws {
        let handle = EngineHandle()
        try await TestServer.serve(handle) { server in
            for kind in ListenerKind.allCases {
                #expect(try await server.get("/livez", from: kind).status == 200)
                for path in ["/startupz", "/readyz"] {
                    let reply = try await server.get(path, from: kind)
                    reply.expectProblem(503, "recovering")
                    #expect(reply.integer("records_done") == 0 && reply.integer("deals_loaded") == 0)
                }
                let health = try await server.get("/health", from: kind)
                #expect(health.status == 503 && health.string("reason") == "recovering")
            }
            for path in [
                "/v1/deals/a/health", "/v1/deals/health?ids=a", "/v1/deals/a/history", "/v1/deals",
                "/v1/merchants/7/deals",
                "/v1/scoring",
            ] {
                try await server.get(path).expectProblem(503, "recovering")
            }
            try await server.post(Samples.test("a")).expectProblem(503, "recovering")
            try await server.post(Samples.test("a"), as: "application/x-ndjson").expectProblem(503, "recovering")
            #expect(try await server.get("/metrics", from: .operations).status == 200)

            handle.recovered(try EngineHarness(log: InMemoryLog()).makeEngine())
            #expect(try await server.get("/readyz").status == 200)
            try await server.get("/v1/deals/a/health").expectProblem(404, "unknown_deal")
        }
    }

    @Test func drainingFailsReadinessOnly() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            server.handle.beginDraining()
            try await server.get("/readyz").expectProblem(503, "stopping")
            #expect(try await server.get("/startupz").status == 200)
            #expect(try await server.get("/health").string("reason") == "draining")
            #expect(try await server.get("/v1/deals/a/health").status == 200)
            #expect(try await server.post(Samples.test("a", id: "2")).status == 200)
            engine.drain()
            try await server.post(Samples.test("a", id: "3")).expectProblem(503, "stopping")
            #expect(try await server.get("/v1/deals/a/health").status == 200)
        }
    }

    @Test func scoringShowsTheSettingsInForce() async throws {
        var harness = EngineHarness(log: InMemoryLog())
        harness.settings.scoring.decayRatePerDay = 0.25
        try await TestServer.run(harness) { server, _ in
            let text = try await server.get("/v1/scoring").text
            #expect(
                text.hasPrefix(
                    #"{"decay_rate_per_day":0.25,"automated_test_weight":0.6,"community_verification_weight":0.3,"#
                        + #""community_tip_weight":0.1,"automated_test_cap":null,"community_verification_cap":20,"#
                        + #""community_tip_cap":10,"prior_strength":1,"base_rate":0.5,"#))
        }
    }
}
