import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct MetricsEndpointTests {
    @Test func bothFormatsAreServedOnTheOperationsListenerOnly() async throws {
        try await TestServer.run { server, _ in
            let text = try await server.get("/metrics", from: .operations)
            #expect(text.status == 200 && text.headers[.contentType] == ExpositionFormat.text.contentType)
            let open = try await server.send(
                .get, "/metrics", headers: [.accept: "application/openmetrics-text"], to: .operations)
            #expect(open.headers[.contentType] == ExpositionFormat.openMetrics.contentType)
            #expect(open.text.hasSuffix("# EOF\n"))
            try await server.get("/metrics").expectProblem(404, "not_found")
            try await server.get("/v1/scoring", from: .operations).expectProblem(404, "not_found")
        }
    }

    @Test func requestsAreCountedByClosedLabels() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("secret")).status == 200)
            for _ in 0..<3 { _ = try await server.get("/v1/deals/secret/health") }
            _ = try await server.get("/v1/deals/other/health")
            _ = try await server.get("/nowhere/secret")
            _ = try await server.send(HTTPRequest.Method("PURGE") ?? .get, "/v1/deals")
            // No method at all to the codec.
            try await RawConnection.with(port: server.apiPort) { connection in
                try await connection.send("SECRET /v1/deals HTTP/1.1\r\nHost: x\r\n\r\n")
                try await connection.reply()?.expectProblem(400, "malformed")
            }
            let text = try await server.get("/metrics", from: .operations).text
            for line in [
                #"dealhealth_http_requests_total{method="GET",route="/v1/deals/{id}/health",status="200"} 3"#,
                #"dealhealth_http_requests_total{method="GET",route="/v1/deals/{id}/health",status="404"} 1"#,
                #"dealhealth_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
                #"dealhealth_http_requests_total{method="other",route="/v1/deals",status="405"} 1"#,
                #"dealhealth_http_requests_total{method="other",route="unmatched",status="400"} 1"#,
                #"dealhealth_http_requests_total{method="POST",route="/v1/events",status="200"} 1"#,
                #"dealhealth_http_request_duration_seconds_count{route="/v1/deals/{id}/health"} 4"#,
                // The scrape itself.
                "dealhealth_http_requests_in_flight 1",
            ] {
                #expect(text.contains(line + "\n"), "\(line)")
            }
            #expect(!text.contains("secret") && !text.contains("SECRET"))
            #expect(text.contains("process_resident_memory_bytes "))
            #expect(!text.contains("No description"))
        }
    }
}
