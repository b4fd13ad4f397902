import DealHealthCore
import DealHealthEngine
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

/// `/v1/scoring`: the settings in force, and changing them.
@Suite struct ScoringTests {
    private static func put(_ server: TestServer, _ body: String) async throws -> Reply {
        try await server.send(.put, "/v1/scoring", headers: [.contentType: "application/json"], body: body)
    }

    @Test func changeIsInForceForReadsAtOnceAndHasAPosition() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("a")).status == 200)
            let before = try await server.get("/v1/deals/a/health")
            let reply = try await Self.put(server, #"{"prior_strength":3,"community_tip_cap":null}"#)
            #expect(reply.status == 200 && reply.integer("lsn") == 3)
            #expect(reply.json["prior_strength"] as? Double == 3 && reply.json["community_tip_cap"] is NSNull)
            #expect(reply.json["decay_rate_per_day"] as? Double == 0.1)
            #expect(try await server.get("/v1/scoring").text == reply.text)
            let after = try await server.get("/v1/deals/a/health")
            #expect(after.json["health_score"] as? Double != before.json["health_score"] as? Double)
            #expect(after.headers[.eTag] != before.headers[.eTag], "the fast lane's too")
            #expect(engine.scoring.settings.priorStrength == 3)
        }
    }

    @Test(
        arguments: [
            (#"{"decay_rate_per_day":0}"#, "(0, 10]"), (#"{"decay_rate_per_day":"fast"}"#, "must be a number"),
            (#"{"automated_test_weight":1.01}"#, "[0, 1]"), (#"{"prior_strength":null}"#, "[0.001, 1000]"),
            (#"{"prior_strength":1e999}"#, "[0.001, 1000]"), (#"{"decay":1}"#, "`decay` is no setting"),
            (#"{"base_rate":0.5,"base_rate":0.6}"#, "twice"), ("[]", "object"),
            (#"{"base_rate":0.4,"community_tip_cap":-1}"#, "community_tip_cap"),
        ])
    func nonsenseIsRefusedWithWhatIsAllowedAndChangesNothing(body: String, word: String) async throws {
        try await TestServer.run { server, engine in
            let reply = try await Self.put(server, body)
            #expect(reply.status == 422 && reply.string("detail")?.contains(word) == true, "\(reply.text)")
            #expect(engine.scoring.lsn == LSN(1) && engine.positions.assigned == LSN(1))
        }
    }

    @Test func malformedIs400AndOtherMethodsAre405() async throws {
        try await TestServer.run { server, _ in
            #expect(try await Self.put(server, "{").status == 400)
            let posted = try await server.send(
                .post, "/v1/scoring", headers: [.contentType: "application/json"], body: "{}")
            #expect(posted.status == 405 && posted.headers[.allow] == "GET, HEAD, PUT")
            let text = try await server.send(.put, "/v1/scoring", headers: [.contentType: "text/plain"], body: "{}")
            #expect(text.status == 415)
        }
    }
}
