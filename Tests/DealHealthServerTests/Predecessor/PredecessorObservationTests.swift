import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Metrics
import Testing

@testable import DealHealthServer

@Suite struct PredecessorObservationTests {
    @Test func metricsAreMadeOfWhatIsCounted() async throws {
        try await TestServer.run { server, _ in
            Counter(label: "dealhealth_events_total", dimensions: [("outcome", "accepted")], factory: server.registry)
                .increment(by: 5)
            Counter(label: "dealhealth_events_total", dimensions: [("outcome", "rejected")], factory: server.registry)
                .increment(by: 2)
            #expect(try await server.post(Samples.test("a")).status == 200)
            _ = try await server.get("/v1/deals/a/health")
            for _ in 0..<2 {
                let text = try await server.get("/metrics", from: .operations).text
                for line in [
                    "deal_health_events_processed_total 5", "deal_health_score_updates_total 5",
                    "deal_health_errors_total 0", "deal_health_queue_depth 0",
                    "deal_health_event_processing_duration_seconds_count 1",
                    #"deal_health_event_processing_duration_seconds_bucket{le="+Inf"} 1"#,
                ] {
                    #expect(text.contains("\n\(line)\n"), "\(line)")
                }
            }
            // Two requests, and the first scrape.
            let text = try await server.get("/metrics", from: .operations).text
            #expect(text.contains(#"deal_health_request_duration_seconds_bucket{le="+Inf"} 4"#))
            let stats = try await server.get("/queue/stats")
            #expect(
                stats.text
                    == #"{"messages_processed":5,"messages_failed":2,"messages_retried":0,"dlq_messages":0,"is_running":true,"active_tasks":0}"#
            )
        }
    }

    @Test func serverErrorsAreCounted() async throws {
        try await TestServer.serve(EngineHandle()) { server in
            #expect(try await server.get("/v1/scoring").status == 503)
            #expect(try await server.get("/promotions/a/health").string("detail") != nil)
            let text = try await server.get("/metrics", from: .operations).text
            #expect(text.contains("\ndeal_health_errors_total 2\n"))
            #expect(try await server.get("/queue/stats").json["is_running"] as? Bool == false)
        }
    }

    @Test func metricsAreOnTheMainPortWhereAllowed() async throws {
        try await TestServer.serve(EngineHandle(), servesMetricsOnAPI: true) { server in
            let text = try await server.get("/metrics").text
            #expect(text.contains("deal_health_queue_depth 0"))
        }
    }

    @Test func healthNamesThePredecessorsComponents() async throws {
        try await TestServer.run { server, _ in
            let components = try #require(
                try await server.get("/health").json["components"] as? [String: [String: Any]])
            #expect(components["database"]?["status"] as? String == "healthy")
            for name in ["redis", "ai_service", "message_queue"] {
                #expect(
                    components[name]?["status"] as? String == "healthy"
                        && components[name]?["mode"] as? String == "disabled")
            }
            #expect(components["message_queue"]?["queue_depth"] as? Int == 0)
        }
    }
}
