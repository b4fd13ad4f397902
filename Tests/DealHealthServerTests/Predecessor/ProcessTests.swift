import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct ProcessTests {
    private static func single(_ server: TestServer, _ id: String, _ event: String) async throws -> Reply {
        try await server.send(
            .post, "/events/process-single?promotion_id=\(id)", headers: [.contentType: "application/json"], body: event
        )
    }

    private static func post(_ server: TestServer, _ path: String, _ body: String) async throws -> Reply {
        try await server.send(.post, path, headers: [.contentType: "application/json"], body: body)
    }

    @Test func anEventMovesTheScoreOnce() async throws {
        try await TestServer.run { server, engine in
            let event = Samples.test("a", id: "1", minute: 14_400)
            let first = try await Self.single(server, "a", event)
            #expect(first.status == 200 && first.json["success"] as? Bool == true && first.json["error"] is NSNull)
            let data = try #require(first.json["data"] as? [String: Any])
            #expect(
                Set(data.keys) == [
                    "promotion_id", "old_score", "new_score", "change_reason", "events_processed", "confidence_score",
                ])
            #expect(data["promotion_id"] as? String == "a" && data["change_reason"] as? String == "1 event counted")
            // 100·(0.6 + 0.5)/1.6 = 68.75
            #expect(data["old_score"] as? Int == 50 && data["new_score"] as? Int == 69)
            #expect(data["events_processed"] as? Int == 1 && data["confidence_score"] as? Double == 0.375)

            let again = try #require(try await Self.single(server, "a", event).json["data"] as? [String: Any])
            #expect(again["old_score"] as? Int == 69 && again["new_score"] as? Int == 69)
            #expect(again["events_processed"] as? Int == 0)
            #expect(again["change_reason"] as? String == "0 events counted, 1 had counted before")
        }
    }

    @Test(arguments: [
        ("b", Samples.test("a"), #"`promotion_id` is "b", but the event's `promotionId` is "a""#),
        ("a", Samples.test("a", extra: #","testDuration":-1"#), "`testDuration` must be"),
        ("a", #"{"type":"AutomatedTestResult"}"#, "missing field `promotionId`"),
    ])
    func aRefusedEventIsNoSuccess(id: String, event: String, reason: String) async throws {
        try await TestServer.run { server, engine in
            let reply = try await Self.single(server, id, event)
            #expect(reply.status == 200 && reply.json["success"] as? Bool == false && reply.json["data"] is NSNull)
            #expect(reply.string("error")?.contains(reason) == true, "\(reply.text)")
            #expect(engine.snapshot().deals == 0)
        }
    }

    @Test func anIDUsedForOtherContentIsRefused() async throws {
        try await TestServer.run { server, _ in
            #expect(try await Self.single(server, "a", Samples.test("a", id: "1")).json["success"] as? Bool == true)
            let reply = try await Self.single(server, "a", Samples.test("a", works: false, id: "1"))
            #expect(reply.status == 200 && reply.json["success"] as? Bool == false)
        }
    }

    @Test func severalEventsAreCountedAndTheRefusedOnesTold() async throws {
        try await TestServer.run { server, _ in
            let events = [
                Samples.test("a", id: "1"), Samples.test("x", id: "2"), Samples.test("a", id: "1"), "7",
                Samples.test("a", id: "3"),
            ]
            let reply = try await Self.post(
                server, "/events/process", #"{"promotion_id":"a","events":[\#(events.joined(separator: ","))]}"#)
            let data = try #require(reply.json["data"] as? [String: Any])
            #expect(reply.json["success"] as? Bool == true && data["events_processed"] as? Int == 2)
            let reason = try #require(data["change_reason"] as? String)
            #expect(
                reason.hasPrefix("2 events counted, 1 had counted before, 2 refused (event 1: `promotion_id`"),
                "\(reason)")
            let empty = try await Self.post(server, "/events/process", #"{"promotion_id":"a","events":[]}"#)
            #expect(empty.json["success"] as? Bool == true)
        }
    }

    @Test func aBatchTellsOfEachPromotion() async throws {
        try await TestServer.run { server, engine in
            let body = """
                {"events_by_promotion":{"a":[\(Samples.test("a", id: "1")),\(Samples.test("a", id: "2"))],
                 "b":[\(Samples.test("c", id: "3"))], "\\u0063":[\(Samples.test("c", works: false, id: "4"))], "d":[]}}
                """
            let reply = try await Self.post(server, "/events/batch-process", body)
            #expect(reply.json["success"] as? Bool == true && reply.integer("processed_promotions") == 4)
            let results = reply.objects("results")
            #expect(results.map { $0["promotion_id"] as? String } == ["a", "b", "c", "d"])
            #expect(results.map { $0["events_processed"] as? Int } == [2, 0, 1, 0])
            #expect((results[1]["change_reason"] as? String)?.contains("`promotionId` is \"c\"") == true)
            #expect(results[2]["new_score"] as? Int ?? 50 < 50 && results[3]["new_score"] as? Int == 50)
            #expect(engine.snapshot().deals == 2)
            let none = try await Self.post(server, "/events/batch-process", #"{"events_by_promotion":{"a":[7]}}"#)
            #expect(none.status == 200 && none.json["success"] as? Bool == false)
        }
    }

    @Test(arguments: [
        ("/events/process-single", "{}"), ("/events/process-single?promotion_id=a", "[]"),
        ("/events/process-single?promotion_id=a", "{"), ("/events/process", "[]"), ("/events/process", "{}"),
        ("/events/process", #"{"promotion_id":7,"events":[]}"#),
        ("/events/process", #"{"promotion_id":"a","events":{}}"#),
        ("/events/batch-process", "{}"), ("/events/batch-process", #"{"events_by_promotion":[]}"#),
        ("/events/batch-process", #"{"events_by_promotion":{"a":7}}"#), ("/config/update", "[]"),
        ("/config/update", ""),
        ("/config/update", #"{"automated_test_weight":1.5}"#), ("/config/update", #"{"community_tip_weight":-0.1}"#),
        ("/config/update", #"{"decay_rate_per_day":"fast"}"#), ("/config/update", #"{"decay_rate_per_day":1e999}"#),
    ])
    func anotherFormIs422WithItsPlace(path: String, body: String) async throws {
        try await TestServer.run { server, _ in
            let reply = try await Self.post(server, path, body)
            #expect(reply.status == 422 && reply.headers[.contentType] == "application/json", "\(reply.text)")
            let detail = try #require(reply.objects("detail").first)
            #expect(
                (detail["loc"] as? [String])?.isEmpty == false && detail["msg"] is String && detail["type"] is String)
        }
    }

    @Test func otherErrorsHaveADetailToo() async throws {
        try await TestServer.run { server, _ in
            let method = try await server.get("/events/process")
            #expect(method.status == 405 && method.headers[.allow] == "POST" && method.string("detail") != nil)
            let type = try await server.send(
                .post, "/events/process", headers: [.contentType: "text/plain"], body: "{}")
            #expect(type.status == 415 && type.string("detail") != nil)
            let large = try await Self.post(server, "/events/process", String(repeating: " ", count: 1 << 20 + 1))
            #expect(large.status == 413 && large.string("detail") != nil)
        }
    }

    @Test func settingsArePutInForce() async throws {
        try await TestServer.run { server, _ in
            let same = try await Self.post(
                server, "/config/update",
                #"{"automated_test_weight":0.6,"decay_rate_per_day":1e-1,"max_event_age_days":30,"min_confidence_for_positive":null}"#
            )
            #expect(same.status == 200 && same.json["success"] as? Bool == true && same.string("message") != nil)
            let config = try #require(same.json["config"] as? [String: Any])
            #expect(config.count == 7 && config["community_tip_weight"] as? Double == 0.1)
            #expect(config["max_event_age_days"] as? Int == 30 && config["min_confidence_for_negative"] is NSNull)
            let other = try await Self.post(server, "/config/update", #"{"automated_test_weight":0.7}"#)
            #expect(other.status == 200 && other.json["success"] as? Bool == true)
            #expect((other.json["config"] as? [String: Any])?["automated_test_weight"] as? Double == 0.7)
            #expect(try await server.get("/v1/scoring").json["automated_test_weight"] as? Double == 0.7)
        }
    }
}
