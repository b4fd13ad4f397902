import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Dispatch
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct OverloadTests {
    @Test func aFullPipelineIs503AndReadsGoOn() async throws {
        let log = InMemoryLog()
        let disk = DispatchSemaphore(value: 0)
        try await TestServer.run(EngineHarness(log: log)) { server, engine in
            #expect(try await server.post(Samples.test("known")).status == 200)
            log.inject { _ in
                disk.wait()
                disk.signal()
                return nil
            }
            // The same events over and over: each submission is admitted whole and waits for the stuck disk.
            let lines = (0..<10_000).map { Samples.test("d\($0 % 100)", id: "\($0)") }
            let batch = engine.decoder().decode(lines: Array(Samples.lines(lines).utf8), firstIndex: 0).batch
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { disk.signal() }
                let fullCount = Limits.admittedEventsMax / batch.events.count
                for _ in 0..<fullCount { group.addTask { _ = try await engine.submit(batch) } }
                while engine.snapshot().admittedEvents < fullCount * batch.events.count {
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await server.post(Samples.test("new")).expectProblem(503, "overloaded")
                let stream = try await server.post(Samples.test("new"), as: "application/x-ndjson")
                stream.expectProblem(503, "overloaded")
                #expect(stream.integer("accepted") == 0)
                #expect(try await server.get("/v1/deals/known/health").status == 200)
                #expect(try await server.get("/readyz").status == 200)
                disk.signal()
                try await group.waitForAll()
            }
            #expect(try await server.post(Samples.test("new")).status == 200)
        }
    }

    @Test func aSubmissionThatTheStoppingEngineRefusesIs503() async throws {
        try await TestServer.run { server, engine in
            engine.drain()
            let reply = try await server.post("[\(Samples.test("a"))]")
            reply.expectProblem(503, "stopping")
            let stream = try await server.post(Samples.test("a"), as: "application/x-ndjson")
            stream.expectProblem(503, "stopping")
        }
    }
}
