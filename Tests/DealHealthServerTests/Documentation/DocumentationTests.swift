import Foundation
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct DocumentationTests {
    private static func description() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json))
        return try #require(json as? [String: Any])
    }

    /// `HEAD` is served with every `GET`, and described once for all where it is of no use of its own.
    @Test func everyCallIsDescribedAndNoOther() throws {
        let paths = try #require(try Self.description()["paths"] as? [String: [String: Any]])
        let routes = Route.allCases.filter { $0.isServed(by: .api) }
        #expect(Set(paths.keys) == Set(routes.map(\.template)))
        for route in routes {
            let served = Set(route.allow.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() })
            let described = Set(try #require(paths[route.template]).keys)
            #expect(described.union(["head"]) == served.union(["head"]), "\(route.template)")
        }
    }

    @Test func everyReasonIsDescribedAndNoOther() throws {
        let components = try #require(try Self.description()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let described = try #require(schemas["Reason"]?["enum"] as? [String])
        #expect(described.sorted() == ProblemReason.allCases.map(\.rawValue).sorted())
        for reason in described {
            #expect((schemas["Reason"]?["description"] as? String)?.contains("`\(reason)`") == true, "\(reason)")
        }
    }

    @Test func bothAreServedOnTheAPIOnly() async throws {
        try await TestServer.serve(EngineHandle()) { server in
            let description = try await server.get("/openapi.json")
            #expect(description.status == 200 && description.bytes == PackageResources.openapi_json)
            let page = try await server.get("/docs")
            #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(try await server.send(.head, "/docs").bytes.isEmpty)
            try await server.get("/docs", from: .operations).expectProblem(404, "not_found")
        }
    }
}
