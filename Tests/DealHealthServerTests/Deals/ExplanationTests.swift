import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

/// Why a score is what it is, what it was, and what to test next.
@Suite struct ExplanationTests {
    private static let start = EngineHarness<InMemoryLog>.start

    private static func tip(_ deal: String, _ text: String, minute: Int) -> String {
        #"{"type":"CommunityTip","promotionId":"\#(deal)","timestamp":"\#(start + .seconds(60 * minute))","tipText":"\#(text)"}"#
    }

    /// Passes, then failures, a day apart, so that an alarm is raised.
    private static func life(_ deal: String, passes: Int, failures: Int, merchant: Int = 7) -> [String] {
        (0..<passes + failures).map { day in
            Samples.test(deal, works: day < passes, merchant: merchant, minute: day * 60)
        }
    }

    private static func post(_ server: TestServer, _ events: [String]) async throws {
        let reply = try await server.post("[" + events.joined(separator: ",") + "]")
        #expect(reply.status == 200 && reply.integer("accepted") == events.count, "\(reply.text)")
    }

    // MARK: explanation

    @Test func pointsAddUpToTheScore() async throws {
        try await TestServer.run { server, _ in
            let tips = (0..<100).map { Self.tip("a", "Worked great! Min. $50, new customers only. \($0)", minute: $0) }
            try await Self.post(server, Self.life("a", passes: 6, failures: 2) + tips)
            let reply = try await server.get("/v1/deals/a/explanation")
            #expect(reply.status == 200, "\(reply.text)")
            let sources = reply.objects("sources")
            let prior = try #require(reply.json["prior"] as? [String: Any])
            func sum(_ key: String) -> Double {
                (sources + [prior]).reduce(0) { $0 + (($1[key] as? NSNumber)?.doubleValue ?? .nan) }
            }
            let score = try #require(reply.number("health_score"))
            #expect(abs(sum("points") - score) < 0.006 && abs(sum("points_against") - (100 - score)) < 0.006)
            #expect(
                sources.map { $0["source"] as? String } == [
                    "automated_test", "community_verification", "community_tip",
                ])
            #expect(sources[2]["cap_applied"] as? Bool == true && sources[0]["cap_applied"] as? Bool == false)
            let latest = reply.objects("latest")
            #expect(latest.count == Limits.evidenceShownMax)
            let conditions = latest[0]["conditions"] as? [[String: Any]]
            #expect(conditions?.compactMap { $0["kind"] as? String }.contains("minimum_spend") == true)
            #expect(reply.string("sentence")?.hasSuffix(".") == true)
            let health = try await server.get("/v1/deals/a/health")
            #expect(health.number("works_probability") == reply.number("works_probability"))
            #expect(try await server.get("/v1/deals/b/explanation").status == 404)
        }
    }

    @Test func alarmIsARecordThatEveryCallTells() async throws {
        try await TestServer.run { server, engine in
            try await Self.post(server, Self.life("a", passes: 30, failures: 6))
            let explanation = try await server.get("/v1/deals/a/explanation")
            let alarm = try #require(explanation.json["alarm"] as? [String: Any])
            #expect(alarm["evidence_share"] as? Double == 0.1)
            #expect(explanation.string("sentence")?.contains("seems to have stopped working") == true)
            #expect(["failing", "dead"].contains(explanation.string("status")))
            let history = try await server.get("/v1/deals/a/history")
            let types = history.objects("history").compactMap { $0["type"] as? String }
            #expect(types.count { $0 == "Alarm" } == 1 && types.count == 37)
            #expect(try await server.get("/v1/deals/a/health").integer("events") == 36)
            #expect(engine.positions.applied == LSN(38))
            let old = try await server.get("/promotions/a/history")
            #expect(old.status == 200 && old.objects("data").count == 36)
        }
    }

    // MARK: time travel

    /// What was served then, to the digit, is what is answered now for then.
    @Test func pastIsWhatWasServedThen() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        let clock = harness.clock
        try await TestServer.run(harness) { server, _ in
            var served: [(time: String, health: [String: Any])] = []
            for (index, event) in Self.life("a", passes: 20, failures: 6).enumerated() {
                try await Self.post(server, [event])
                if index == 12 {
                    _ = try await server.send(
                        .put, "/v1/scoring", headers: [.contentType: "application/json"],
                        body: #"{"decay_rate_per_day":0.3}"#)
                }
                clock.advance(by: .seconds(3_600))
                let health = try await server.get("/v1/deals/a/health").json
                served.append((try #require(health["as_of"] as? String), health))
            }
            // All of the events are dated before the clock's start, so their place in time is made by hand below.
            #expect(served.count == 26)
            let last = try await server.get("/v1/deals/a/health?at=\(served[25].time)")
            #expect(last.status == 200)
            for key in ["health_score", "works_probability", "confidence"] {
                #expect(last.json[key] as? Double == served[25].health[key] as? Double, "\(key)")
            }
        }
    }

    @Test func evidenceDatedLaterDoesNotCount() async throws {
        try await TestServer.run { server, _ in
            let life = Self.life("a", passes: 20, failures: 6)
            var expected: [[String: Double]] = []
            let times = stride(from: 0, to: 26, by: 5).map { Self.start + .seconds(3_600 * $0 + 60) }
            for (index, event) in life.enumerated() {
                try await Self.post(server, [event])
                guard index % 5 == 0 else { continue }
                let reply = try await server.get("/v1/deals/a/health?at=\(times[index / 5])")
                expected.append(
                    ["health_score", "works_probability", "confidence"].reduce(into: [:]) {
                        $0[$1] = reply.number($1)
                    })
                #expect(reply.integer("events") == index + 1)
            }
            for (time, numbers) in zip(times, expected) {
                let reply = try await server.get("/v1/deals/a/health?at=\(time)")
                for (key, value) in numbers { #expect(reply.number(key) == value, "\(key) at \(time)") }
                let list = try await server.get("/v1/merchants/7/deals?at=\(time)")
                #expect(list.objects("deals").first?["health_score"] as? Double == numbers["health_score"])
                let explanation = try await server.get("/v1/deals/a/explanation?at=\(time)")
                #expect(explanation.number("health_score") == numbers["health_score"])
            }
            let before = Self.start - .seconds(60)
            #expect(try await server.get("/v1/deals/a/health?at=\(before)").status == 404)
            #expect(try await server.get("/v1/merchants/7/deals?at=\(before)").objects("deals").isEmpty)
        }
    }

    @Test(arguments: [
        "/v1/deals/a/health?at=yesterday", "/v1/deals/a/health?at=2999-01-01T00:00:00Z",
        "/v1/deals?at=2026-01-01T00:00:00Z",
        "/v1/deals/health?ids=a&at=2026-01-01T00:00:00Z",
    ])
    func timesThatCannotBeReadAreRefused(path: String) async throws {
        try await TestServer.run { server, _ in
            try await Self.post(server, [Samples.test("a")])
            try await server.get(path).expectProblem(422, "invalid")
        }
    }

    // MARK: what to test next

    @Test func uncertainDealsThatAreReadComeFirst() async throws {
        try await TestServer.run { server, engine in
            try await Self.post(server, Self.life("sure", passes: 20, failures: 0))
            try await Self.post(server, [Samples.test("unsure", works: false), Samples.test("unread", works: false)])
            for _ in 0..<64 {
                for deal in ["sure", "unsure"] {
                    Array(deal.utf8).withUnsafeBytes { engine.hotReads.note($0, at: engine.now()) }
                }
            }
            let reply = try await server.get("/v1/retest?limit=3")
            #expect(reply.objects("deals").map { $0["deal_id"] as? String } == ["unsure", "sure", "unread"])
            #expect(try await server.get("/v1/retest?limit=1").objects("deals").count == 1)
            try await server.get("/v1/retest?limit=0").expectProblem(422, "invalid")
        }
    }
}
