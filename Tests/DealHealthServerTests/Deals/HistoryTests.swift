import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct HistoryTests {
    @Test func anEntryTellsWhatWasReceivedAndWhatItDid() async throws {
        try await TestServer.run { server, engine in
            let event = Samples.test("a", works: false, id: "1", extra: #", "own" : [1, {"x":"\u0041"}] "#)
            #expect(try await server.post(event).status == 200)
            let reply = try await server.get("/v1/deals/a/history")
            #expect(reply.status == 200 && reply.string("deal_id") == "a" && reply.text.contains(event))
            let entry = try #require(reply.objects("history").first)
            #expect(
                Set(entry.keys) == [
                    "lsn", "type", "time", "received_at", "outcome", "mass", "score_before", "score_after",
                    "merchant_id", "event_id_given", "event",
                ])
            #expect(entry["type"] as? String == "AutomatedTestResult" && entry["outcome"] as? String == "fails")
            #expect(entry["mass"] as? Int == 1 && entry["score_before"] as? Int == 50)
            #expect(entry["score_after"] as? Double == 31.25 && entry["event_id_given"] as? Bool == true)
            #expect(entry["time"] as? String == "\(EngineHarness<InMemoryLog>.start)")
            #expect(entry["received_at"] as? String == "\(engine.now())")
            #expect((entry["event"] as? [String: Any])?["eventId"] as? String == "1")
        }
    }

    @Test func pagesGoBackToTheFirstEvent() async throws {
        try await TestServer.run { server, _ in
            let lines = (0..<25).flatMap { [Samples.test("a", id: "a\($0)"), Samples.test("b", id: "b\($0)")] }
            #expect(try await server.post(Samples.lines(lines), as: "application/jsonl").integer("accepted") == 50)
            var seen: [Int] = []
            var path = "/v1/deals/a/history?limit=10"
            for page in 0..<3 {
                let reply = try await server.get(path)
                seen += reply.objects("history").compactMap { $0["lsn"] as? Int }
                #expect(reply.json["truncated"] as? Bool == false)
                guard let next = reply.integer("next_before_lsn") else {
                    #expect(page == 2)
                    break
                }
                path = "/v1/deals/a/history?limit=10&before_lsn=\(next)"
            }
            #expect(seen.count == 25 && seen == seen.sorted(by: >) && Set(seen).count == 25)
            #expect(try await server.get("/v1/deals/a/history").objects("history").count == 25)
        }
    }

    @Test func badParametersAre422() async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.post(Samples.test("a")).status == 200)
            for query in ["limit=0", "limit=1001", "limit=x", "before_lsn=0", "before_lsn=x", "limit=1&limit=2"] {
                try await server.get("/v1/deals/a/history?\(query)").expectProblem(422, "invalid")
            }
            #expect(try await server.get("/v1/deals/a/history?limit=1000&before_lsn=99").status == 200)
        }
    }

    @Test func whatIsNoLongerRetainedIs410() async throws {
        let log = InMemoryLog()
        let harness = EngineHarness(log: log)
        try await harness.run { engine in
            for index in 0..<4 { _ = try await engine.submit(Samples.test("a", id: "\(index)")) }
        }
        let last = try log.bounds().last
        // What `retention` does once the checkpoint holds the records: the deal's first two events go.
        _ = try log.commit(
            Commit(
                truncation: Truncation(
                    notPast: LSN(last.value - 2), receivedBefore: Timestamp(microseconds: .max), recordBytesMax: 0,
                    forgetBefore: 0)))
        try await TestServer.run(harness) { server, engine in
            #expect(try log.bounds().truncated > .zero)
            let reply = try await server.get("/v1/deals/a/history")
            #expect(reply.status == 200 && reply.json["truncated"] as? Bool == true)
            #expect(reply.json["next_before_lsn"] is NSNull && reply.string("oldest_retained_at") != nil)
            let lsns = reply.objects("history").compactMap { $0["lsn"] as? Int }
            #expect(!lsns.isEmpty && lsns.count < 4)
            let oldest = try #require(lsns.last)
            try await server.get("/v1/deals/a/history?before_lsn=\(oldest)").expectProblem(410, "not_retained")
        }
    }
}
