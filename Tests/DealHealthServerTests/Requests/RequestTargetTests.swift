import Testing

@testable import DealHealthServer

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/v1/events", Route.events), ("/v1/deals", .deals), ("/v1/deals?x=1", .deals), ("/v1/deals?", .deals),
        ("/v1/deals/health", .manyDealsHealth), ("/v1/deals/health?ids=a", .manyDealsHealth), ("/v1/scoring", .scoring),
        ("/livez", .livez), ("/readyz", .readyz), ("/startupz", .startupz), ("/health", .health),
        ("/metrics", .metrics), ("/promotions/by-health?min_health=1", .promotionsByHealth),
        ("/events/process-single?promotion_id=a", .processEvent), ("http://example.com:8000/livez", .livez),
        ("https://example.com/v1/deals?limit=1", .deals),
    ])
    func pathsWithoutVariablePart(target: String, route: Route) throws {
        let parsed = try #require(RequestTarget(target))
        #expect(parsed.route == route && parsed.rawID.isEmpty)
    }

    @Test(arguments: [
        ("/v1/deals/a/health", Route.dealHealth, "a"), ("/v1/deals/health/health", .dealHealth, "health"),
        ("/v1/deals/history/history?limit=1", .dealHistory, "history"),
        ("/v1/deals/a%2Fb/health", .dealHealth, "a%2Fb"),
        ("/promotions/by-health/health", .promotionHealth, "by-health"),
        ("/merchants/7/promotions", .merchantPromotions, "7"),
        ("/v1/merchants/-5/deals", .merchantDeals, "-5"), ("/v1/deals/../health", .dealHealth, ".."),
    ])
    func pathsWithVariablePart(target: String, route: Route, id: String) throws {
        let parsed = try #require(RequestTarget(target))
        #expect(parsed.route == route && parsed.rawID == Array(id.utf8))
    }

    @Test(arguments: [
        "", "/", "*", "//", "/v1", "/v1/", "/v1/deals/", "/v1/deals//health", "/v1/deals/a/b/health", "/v1/deals/a",
        "/v1//deals", "/v1/deals/health/", "/V1/deals", "/v1/deals/a/health/", "/v1/merchants//deals",
        "/v1/merchants/7",
        "http://example.com", "v1/deals", "/v1/deal\u{0301}s", "/livez/", "/v1/deals/health#x", "/%6civez", "/health2",
    ])
    func otherPathsMatchNothing(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test func everyTemplateMatchesItself() throws {
        for route in Route.allCases {
            #expect(RequestTarget(route.template)?.route == route)
        }
    }

    @Test(arguments: [
        ("abc", "abc"), ("", ""), ("a%20b", "a b"), ("a+b", "a+b"), ("%C3%a9", "é"), ("%2F%2f", "//"), ("é", "é"),
        ("%00", "\0"),
    ])
    func percentEncodingDecodes(text: String, expected: String) {
        #expect(PercentEncoding.decodeString(Array(text.utf8)) == expected)
    }

    @Test(arguments: ["%", "%2", "a%2", "%2G", "%G2", "%%20", "%C3", "%ff", "%ED%A0%80", "%C0%80", "%+2"])
    func brokenPercentEncodingIsNoText(text: String) {
        #expect(PercentEncoding.decode(Array(text.utf8)) == nil)
    }

    @Test func parametersAreFoundByTheirDecodedName() throws {
        let query = try QueryParameters(Array("a=1&b=&c&%64=x%26y&e=1=2&&unknown=%ZZ".utf8))
        #expect(try query.string("a") == "1" && query.string("b")?.isEmpty == true)
        #expect(try query.string("c")?.isEmpty == true && query.string("d") == "x&y")
        #expect(try query.string("e") == "1=2" && query.string("absent") == nil)
        #expect(throws: Problem.self) { try query.string("unknown") }
    }

    @Test func aParameterGivenTwiceIsRefused() throws {
        let query = try QueryParameters(Array("a=1&a=1&b=2".utf8))
        #expect(throws: Problem.self) { try query.integer("a", in: 0...5) }
        #expect(try query.integer("b", in: 0...5) == 2)
    }

    @Test func tooManyParametersAreRefused() {
        #expect(throws: Problem.self) { try QueryParameters(Array(String(repeating: "a&", count: 65).utf8)) }
    }

    @Test(arguments: ["", "+5", "5 ", "0x5", "5.0", "6", "-1", "18446744073709551616", "five", "٥"])
    func onlyPlainIntegersInRangeAreTaken(text: String) throws {
        let query = try QueryParameters(Array("n=".utf8) + Array(text.utf8))
        #expect(throws: Problem.self) { try query.integer("n", in: 0...5) }
    }

    @Test(arguments: ["", "nan", "inf", "1e1", "-1", "101", "+5", "0x1p3", ".", "1..2"])
    func onlyPlainNumbersInRangeAreTaken(text: String) throws {
        let query = try QueryParameters(Array("n=".utf8) + Array(text.utf8))
        #expect(throws: Problem.self) { try query.number("n", in: 0...100) }
    }
}
