import DealHealthCore
import DealHealthTesting
import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct ListTests {
    /// Deals d0…d59: more failures the higher the number, of three merchants.
    private static func fill(_ server: TestServer) async throws {
        var lines: [String] = []
        for deal in 0..<60 {
            for event in 0..<6 {
                lines.append(
                    Samples.test(
                        "d\(deal)", works: event * 10 >= deal, id: "\(deal)-\(event)", merchant: deal % 3, minute: deal)
                )
            }
        }
        #expect(try await server.post(Samples.lines(lines), as: "application/jsonl").integer("accepted") == 360)
    }

    private static func ids(_ reply: Reply) -> [String] {
        reply.objects("deals").compactMap { $0["deal_id"] as? String }
    }

    @Test(arguments: ["", "&sort=best", "&sort=worst", "&sort=recent"])
    func pagesJoinUpWithoutGapOrRepeat(sort: String) async throws {
        try await TestServer.run { server, _ in
            try await Self.fill(server)
            let whole = try await server.get("/v1/deals?limit=1000\(sort)")
            #expect(Self.ids(whole).count == 60 && whole.json["next_cursor"] is NSNull)
            var pages: [String] = []
            var asOf: Set<String> = []
            var path = "/v1/deals?limit=7\(sort)"
            while true {
                let reply = try await server.get(path)
                #expect(reply.status == 200)
                pages += Self.ids(reply)
                asOf.insert(try #require(reply.string("as_of")))
                guard let cursor = reply.string("next_cursor") else { break }
                // The order is in the cursor: naming it again is allowed, not needed.
                path = "/v1/deals?limit=7&cursor=\(cursor)\(pages.count.isMultiple(of: 2) ? sort : "")"
            }
            #expect(pages == Self.ids(whole) && asOf.count == 1)
        }
    }

    @Test func ordersAreWhatTheySay() async throws {
        try await TestServer.run { server, _ in
            try await Self.fill(server)
            func bounds(_ reply: Reply, _ index: Int) -> [Double] {
                reply.objects("deals").compactMap { ($0["interval"] as? [NSNumber])?[index].doubleValue }
            }
            let best = bounds(try await server.get("/v1/deals?sort=best&limit=60"), 0)
            #expect(best == best.sorted(by: >) && best.count == 60)
            let worst = bounds(try await server.get("/v1/deals?sort=worst&limit=60"), 1)
            #expect(worst == worst.sorted() && worst.count == 60)
            let recent = Self.ids(try await server.get("/v1/deals?sort=recent&limit=60"))
            #expect(recent == (0..<60).reversed().map { "d\($0)" })
            #expect(Self.ids(try await server.get("/v1/deals")).count == 50)
        }
    }

    @Test func filtersApply() async throws {
        try await TestServer.run { server, _ in
            try await Self.fill(server)
            let reply = try await server.get("/v1/deals?min_score=40&max_score=60.5&limit=60")
            let scores = reply.objects("deals").compactMap { ($0["health_score"] as? NSNumber)?.doubleValue }
            #expect(!scores.isEmpty && scores.count < 60 && scores.allSatisfy { (40...60.5).contains($0) })
            let byQuery = Self.ids(try await server.get("/v1/deals?merchant_id=1&limit=60"))
            #expect(byQuery.count == 20)
            #expect(Self.ids(try await server.get("/v1/merchants/1/deals?limit=60")) == byQuery)
            #expect(Self.ids(try await server.get("/v1/merchants/1/deals?limit=60&merchant_id=1")) == byQuery)
            let nobody = try await server.get("/v1/merchants/-99/deals")
            #expect(nobody.status == 200 && Self.ids(nobody).isEmpty && nobody.json["next_cursor"] is NSNull)
        }
    }

    @Test(arguments: [
        "min_score=-1", "min_score=101", "max_score=x", "min_score=60&max_score=40", "merchant_id=x", "merchant_id=",
        "merchant_id=9223372036854775808", "sort=", "sort=random", "limit=0", "limit=1001", "cursor=", "cursor=AAAA",
        "cursor=%25",
    ])
    func badParametersAre422(query: String) async throws {
        try await TestServer.run { server, _ in
            try await server.get("/v1/deals?\(query)").expectProblem(422, "invalid")
            try await server.get("/v1/merchants/7/deals?\(query)").expectProblem(422, "invalid")
        }
    }

    @Test func aCursorOfAnotherOrderIs422AndAMerchantThatIsNoNumber404() async throws {
        try await TestServer.run { server, _ in
            try await Self.fill(server)
            let cursor = try #require(try await server.get("/v1/deals?sort=worst&limit=1").string("next_cursor"))
            try await server.get("/v1/deals?sort=best&cursor=\(cursor)").expectProblem(422, "invalid")
            #expect(try await server.get("/v1/deals?sort=worst&cursor=\(cursor)").status == 200)
            try await server.get("/v1/merchants/seven/deals").expectProblem(404, "not_found")
            try await server.get("/v1/merchants/7/deals?merchant_id=8").expectProblem(422, "invalid")
        }
    }
}
