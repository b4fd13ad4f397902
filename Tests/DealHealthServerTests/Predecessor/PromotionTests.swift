import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct PromotionTests {
    private static let fields: Set<String> = [
        "id", "merchant_id", "title", "code", "health_score", "raw_verification_signals", "last_verified_at",
        "last_verification_source", "total_verifications", "successful_verifications", "last_automated_test_at",
        "last_community_verification_at", "confidence_score", "created_at", "updated_at",
    ]

    private static func verification(_ deal: String, minute: Int) -> String {
        let time = EngineHarness<InMemoryLog>.start + .seconds(60 * minute)
        return #"{"type":"CommunityVerification","promotionId":"\#(deal)","timestamp":"\#(time)","verifierId":"v","#
            + #""verifierReputationScore":90,"is_valid":true}"#
    }

    @Test func aPromotionIsShownWhole() async throws {
        try await TestServer.run { server, engine in
            let start = EngineHarness<InMemoryLog>.start
            for event in [
                Samples.test("a b", minute: 5), Samples.test("a b", works: false, minute: 9),
                Self.verification("a b", minute: 7),
            ] {
                #expect(try await server.post(event).status == 200)
            }
            let reply = try await server.get("/promotions/a%20b/health")
            #expect(reply.status == 200 && reply.json["success"] as? Bool == true && reply.json["error"] is NSNull)
            let data = try #require(reply.json["data"] as? [String: Any])
            #expect(Set(data.keys) == Self.fields)
            #expect(
                data["id"] as? String == "a b" && data["title"] as? String == "Promotion a b" && data["code"] is NSNull)
            #expect(data["merchant_id"] as? Int == 7 && data["health_score"] as? Int != nil)
            #expect(data["total_verifications"] as? Int == 3 && data["successful_verifications"] as? Int == 2)
            #expect(data["last_verification_source"] as? String == "AutomatedTestResult")
            #expect(data["last_verified_at"] as? String == "\(start + .seconds(540))")
            #expect(data["last_automated_test_at"] as? String == "\(start + .seconds(540))")
            #expect(data["last_community_verification_at"] as? String == "\(start + .seconds(420))")
            #expect(
                data["created_at"] as? String == "\(engine.now())" && data["updated_at"] as? String == "\(engine.now())"
            )
            let signals = try #require(data["raw_verification_signals"] as? [String: [String: Double]])
            #expect(signals["automated_test"]?["negative"] == 1 && signals["community_tip"]?["positive"] == 0)

            let unknown = try await server.get("/promotions/b/health")
            #expect(unknown.status == 404 && unknown.string("detail") != nil && unknown.json.count == 1)
        }
    }

    @Test func historyIsNewestFirstWithIDs() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("a", id: #"x\"y"#, minute: 1)).status == 200)
            #expect(try await server.post(Samples.test("a", works: false, minute: 2)).status == 200)
            let entries = try await server.get("/promotions/a/history").objects("data")
            #expect(entries.count == 2 && entries[1]["event_id"] as? String == #"x"y"#)
            #expect((entries[0]["event_id"] as? String)?.utf8.count == 32)
            #expect(
                Set(entries[0].keys) == [
                    "event_id", "promotion_id", "event_type", "processed_at", "health_score_before",
                    "health_score_after", "success", "error_message",
                ])
            #expect(entries[1]["health_score_before"] as? Int == 50 && entries[1]["health_score_after"] as? Int == 69)
            #expect(entries[0]["health_score_before"] as? Int == 69 && entries[0]["success"] as? Bool == true)
            #expect(try await server.get("/promotions/a/history?limit=1").objects("data").count == 1)
            let unknown = try await server.get("/promotions/b/history")
            #expect(
                unknown.status == 200 && unknown.objects("data").isEmpty && unknown.json["success"] as? Bool == true)
            for limit in ["0", "1001", "x"] {
                #expect(try await server.get("/promotions/a/history?limit=\(limit)").status == 422)
            }
        }
    }

    @Test func listsAreByMerchantAndByScore() async throws {
        try await TestServer.run { server, _ in
            for (deal, works) in [("good", true), ("bad", false)] {
                #expect(try await server.post(Samples.test(deal, works: works, minute: 14_400)).status == 200)
            }
            let merchant = try await server.get("/merchants/7/promotions")
            #expect(merchant.integer("merchant_id") == 7 && merchant.integer("count") == 2)
            #expect(merchant.objects("promotions").map { $0["id"] as? String } == ["good", "bad"])
            #expect(merchant.objects("promotions").allSatisfy { Set($0.keys) == Self.fields })
            let nobody = try await server.get("/merchants/8/promotions")
            #expect(nobody.status == 200 && nobody.integer("count") == 0)
            #expect(try await server.get("/merchants/seven/promotions").status == 422)

            // 68.75 and 31.25 points, shown as 69 and 31.
            for (query, expected) in [
                ("", ["good", "bad"]), ("?min_health=69", ["good"]), ("?min_health=70", []),
                ("?max_health=31", ["bad"]),
                ("?max_health=30.9", []), ("?min_health=31&max_health=69.0", ["good", "bad"]),
            ] {
                let reply = try await server.get("/promotions/by-health\(query)")
                #expect(reply.objects("promotions").compactMap { $0["id"] as? String } == expected, "\(query)")
                #expect(reply.integer("count") == expected.count && reply.json["success"] as? Bool == true)
            }
            #expect(try await server.get("/promotions/by-health").number("max_health") == 100)
            for range in ["min_health=-1", "max_health=101", "min_health=60&max_health=40"] {
                let reply = try await server.get("/promotions/by-health?\(range)")
                #expect(reply.status == 400 && reply.string("detail") != nil, "\(range)")
            }
            #expect(try await server.get("/promotions/by-health?min_health=x").status == 422)
        }
    }
}
