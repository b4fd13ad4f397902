import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import Testing

@testable import DealHealthServer

/// `ETag`, `If-None-Match` and `Cache-Control`, in both lanes.
@Suite struct CachingTests {
    private static let path = "/v1/deals/a/health"

    private static func tag(_ server: TestServer) async throws -> String {
        try #require(try await server.get(path).headers[.eTag])
    }

    /// One engine, with a server of each kind in turn.
    private static func inBothLanes(
        _ harness: EngineHarness<InMemoryLog> = EngineHarness(log: InMemoryLog()),
        _ body: @Sendable @escaping (TestServer, Engine) async throws -> Void
    ) async throws {
        try await harness.run { engine in
            _ = try await engine.submit(Samples.test("a"))
            let handle = EngineHandle()
            handle.recovered(engine)
            for isFast in [true, false] {
                try await TestServer.serve(handle, isFastLaneEnabled: isFast) { try await body($0, engine) }
            }
        }
    }

    @Test func aKnownStateIsNotSentAgain() async throws {
        try await Self.inBothLanes { server, engine in
            let reply = try await server.get(Self.path)
            let tag = try #require(reply.headers[.eTag])
            let lsn = try #require(engine.state("a")).lastLSN.value
            #expect(tag.hasPrefix("W/\"") && tag.hasSuffix("-\(lsn)\""))
            #expect(reply.headers[.cacheControl] == "no-cache")
            for list in [tag, String(tag.dropFirst(2)), "\"x\", \(tag)", "*"] {
                for method in [HTTPRequest.Method.get, .head] {
                    let again = try await server.send(method, Self.path, headers: [.ifNoneMatch: list])
                    #expect(again.status == 304 && again.bytes.isEmpty, "\(list)")
                    #expect(again.headers[.eTag] == tag && again.headers[.cacheControl] == "no-cache")
                    #expect(again.headers[.date] != nil && again.headers[.contentType] == nil)
                }
            }
            for list in ["\"x\"", "", tag.replacing("-", with: "+")] {
                #expect(try await server.send(.get, Self.path, headers: [.ifNoneMatch: list]).status == 200, "\(list)")
            }
            try await server.send(.get, "/v1/deals/b/health", headers: [.ifNoneMatch: "*"])
                .expectProblem(404, "unknown_deal")
            try await server.send(.get, Self.path, headers: [.ifMatch: tag]).expectProblem(412, "precondition_failed")
            #expect(try await server.send(.get, Self.path, headers: [.ifMatch: "*"]).status == 200)
        }
    }

    @Test func theTagChangesWithAnEvent() async throws {
        try await Self.inBothLanes { server, engine in
            let tag = try await Self.tag(server)
            #expect(try await Self.tag(server) == tag)
            _ = try await engine.submit(Samples.test("b", id: "b\(server.apiPort)"))
            #expect(try await Self.tag(server) == tag)
            _ = try await engine.submit(Samples.test("a", id: "\(server.apiPort)"))
            #expect(try await Self.tag(server) != tag)
            #expect(try await server.send(.get, Self.path, headers: [.ifNoneMatch: tag]).status == 200)
        }
    }

    @Test func theTagChangesWithTime() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        try await Self.inBothLanes(harness) { server, engine in
            let bucket = HealthTag.bucketSeconds * 1_000_000
            harness.clock.advance(by: .microseconds(bucket - engine.now().microseconds % bucket))
            let tag = try await Self.tag(server)
            harness.clock.advance(by: .microseconds(bucket - 1))
            #expect(try await Self.tag(server) == tag)
            harness.clock.advance(by: .microseconds(1))
            #expect(try await Self.tag(server) != tag)
        }
    }

    @Test func theTagTellsLogsAndSettingsApart() async throws {
        var tags: Set<String> = []
        var harnesses = [1, 2].map { EngineHarness(log: InMemoryLog(seed: $0)) }
        harnesses.append(harnesses[0])
        harnesses[2].settings.scoring.priorStrength = 2
        for harness in harnesses {
            tags.insert(
                try await harness.run { engine in
                    _ = try await engine.submit(Samples.test("a", id: "same"))
                    let state = try #require(engine.state("a"))
                    #expect(state.lastLSN.value == 2)
                    return HealthTag(state, engine.scoring, engine.now()).text
                })
        }
        #expect(tags.count == 3)
    }

    /// What a tag stands for may move by less than half of the last decimal shown.
    @Test func scoresMoveByNextToNothingWithinABucket() {
        let settings = ScoringSettings()
        var random = SeededGenerator(seed: 5)
        for _ in 0..<10_000 {
            var state = DealState()
            for (index, source) in EvidenceSource.allCases.enumerated() {
                let mass = ([0.01, 0.1, 1, 10, 100] as [Double]).randomElement(using: &random) ?? 1
                for event in 0..<Int.random(in: 0...3, using: &random) {
                    state.apply(
                        source: source, works: Bool.random(using: &random), mass: mass,
                        time: Timestamp(microseconds: 0), merchantID: nil, lsn: LSN(UInt64(index * 4 + event + 1)),
                        settings: settings)
                }
            }
            let time = Timestamp(microseconds: 0) + .seconds(Int64.random(in: 0...10_000_000, using: &random))
            let before = Score(of: state, at: time, settings: settings)
            let after = Score(of: state, at: time + .seconds(HealthTag.bucketSeconds), settings: settings)
            #expect(abs(before.healthScore - after.healthScore) < 0.001)
            #expect(abs(before.lowerBound - after.lowerBound) < 0.001)
            #expect(abs(before.upperBound - after.upperBound) < 0.001)
            #expect(abs(before.confidence - after.confidence) < 0.000_01)
        }
    }

    @Test func otherAnswersAreNotToBeKept() async throws {
        try await Self.inBothLanes { server, _ in
            for path in [
                "/v1/deals/b/health", "/v1/deals/health?ids=a", "/nothing", "/v1/deals/%zz/health", "/v1/events",
            ] {
                let reply = try await server.get(path)
                #expect(reply.headers[.cacheControl] == "no-store", "\(path)")
            }
        }
    }
}
