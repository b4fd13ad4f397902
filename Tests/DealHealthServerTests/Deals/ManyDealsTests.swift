import DealHealthCore
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct ManyDealsTests {
    private static func post(_ server: TestServer, _ body: String, type: String = "application/json") async throws
        -> Reply
    {
        try await server.send(.post, "/v1/deals/health", headers: [.contentType: type], body: body)
    }

    @Test func answersAreInTheOrderAsked() async throws {
        try await TestServer.run { server, _ in
            let events = ["a", "b", "c"].map { Samples.test($0) }
            #expect(try await server.post(Samples.lines(events), as: "application/jsonl").integer("accepted") == 3)
            for reply in [
                try await server.get("/v1/deals/health?ids=c,x,a,y,a,"),
                try await Self.post(server, #"{"deal_ids":["c","x","a","y","a",""],"more":1}"#),
            ] {
                #expect(reply.status == 200)
                #expect(reply.objects("deals").compactMap { $0["deal_id"] as? String } == ["c", "a", "a"])
                #expect(reply.strings("missing") == ["x", "y", ""])
            }
            let one = try await server.get("/v1/deals/a/health")
            #expect(try await server.get("/v1/deals/health?ids=a").text == #"{"deals":[\#(one.text)],"missing":[]}"#)
        }
    }

    @Test func noneIsAnEmptyAnswer() async throws {
        try await TestServer.run { server, _ in
            #expect(try await Self.post(server, #"{"deal_ids":[]}"#).text == #"{"deals":[],"missing":[]}"#)
            #expect(try await server.get("/v1/deals/health?ids=").text == #"{"deals":[],"missing":[]}"#)
            try await server.get("/v1/deals/health").expectProblem(422, "invalid")
        }
    }

    @Test func aThousandDealsAreTheLimit() async throws {
        try await TestServer.run { server, _ in
            func body(_ count: Int) -> String {
                #"{"deal_ids":["# + (0..<count).map { "\"d\($0)\"" }.joined(separator: ",") + "]}"
            }
            #expect(try await Self.post(server, body(1_000)).strings("missing").count == 1_000)
            let reply = try await Self.post(server, body(1_001))
            reply.expectProblem(422, "invalid")
            #expect(reply.integer("limit") == 1_000)
            let ids = Array(repeating: "a", count: 1_001).joined(separator: ",")
            try await server.get("/v1/deals/health?ids=\(ids)").expectProblem(422, "invalid")
        }
    }

    @Test func bodiesOfAnotherFormAreProblems() async throws {
        try await TestServer.run { server, _ in
            for body in ["", "{", "[", #"{"deal_ids":["a",]}"#] {
                try await Self.post(server, body).expectProblem(400, "malformed")
            }
            for body in ["[]", "1", "{}", #"{"deal_ids":null}"#, #"{"deal_ids":"a"}"#, #"{"deal_ids":[1]}"#] {
                try await Self.post(server, body).expectProblem(422, "invalid")
            }
            let reply = try await Self.post(server, "{}", type: "application/x-ndjson")
            reply.expectProblem(415, "unsupported_media_type")
            #expect(reply.headers[.acceptPost] == "application/json")
            let long = #"{"deal_ids":["# + String(repeating: " ", count: Limits.jsonBodyBytesMax) + "]}"
            try await Self.post(server, long).expectProblem(413, "too_large")
        }
    }
}
