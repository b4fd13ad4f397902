import DealHealthLoad
import Foundation
import Testing

/// Whole runs against real servers in this process.
struct LoadRunTests {
    private static func scenario(_ lines: String) throws -> Scenario {
        try ScenarioParser.read(text: "key-name k-#\nwork 1 read /k/{key}\n" + lines, name: "test", folder: "/")
    }

    private static func run(_ lines: String, port: UInt16) throws -> RunResult {
        let target = try Target(url: "http://127.0.0.1:\(port)")
        let run = try LoadRun(scenario: scenario(lines), options: LoadRun.Options(targets: [target]))
        return try run.run { _ in }.result
    }

    @Test func stallIsChargedWithAllThatWaitedForIt() throws {
        let server = StallingServer(stallAfter: 1, seconds: 1)
        defer { server.stop() }
        let total = try Self.run(
            "phase main constant 200/s for 4s\nspacing even\nconnections 8", port: server.port
        ).total
        #expect(total.completed == 800)
        // Some 200 of 800 requests were planned in the stall, evenly over its second: one in four.
        #expect(total.responseTimePercentiles.p90Seconds > 0.4)
        #expect(total.responseTimePercentiles.p99Seconds > 0.8)
        #expect(total.late >= 150)
        // Only the eight connections' requests were on their way: one in a hundred, as a closed loop would have it.
        #expect(total.serviceTimePercentiles.p90Seconds < 0.2)
        let slow = zip(total.serviceTime.upperBoundsNanoseconds, total.serviceTime.counts).filter { $0.0 > 200_000_000 }
        #expect((1...8).contains(slow.reduce(0) { $0 + $1.1 }))
    }

    @Test func closedLoopLeavesTheStallOut() throws {
        let server = StallingServer(stallAfter: 1, seconds: 1)
        defer { server.stop() }
        let result = try Self.run("loop closed\nphase main constant 1/s for 3s\nconnections 8", port: server.port)
        #expect(result.total.completed > 800)
        #expect(result.total.responseTimePercentiles.p99Seconds < 0.2, "which is why it is not to be believed")
        #expect(result.total.responseTimePercentiles.maxSeconds > 0.8)
    }

    @Test func everyPlannedRequestIsAccountedFor() throws {
        let server = StallingServer(stallAfter: 0.2, seconds: 2)
        defer { server.stop() }
        let result = try Self.run(
            "phase a constant 300/s for 1s\nphase b constant 600/s for 1s\nthreads 2\nconnections 4\nbacklog 20\n"
                + "timeout 500ms\npipeline 2\ndrain 100ms", port: server.port)
        let total = result.total
        #expect(total.dropped > 0)
        #expect(total.timeouts > 0)
        #expect(total.planned == total.completed + total.failed + total.dropped)
        #expect(total.planned == result.phases.reduce(0) { $0 + $1.planned })
        #expect(total.planned == result.series.reduce(0) { $0 + $1.planned })
        #expect(total.completed == result.series.reduce(0) { $0 + $1.completed })
        #expect(total.errorRate > 0)
    }

    @Test func pipelinedAndSingleConnectionsServeTheSamePlan() throws {
        for lines in ["pipeline 8\nconnections 2", "connection new\nconnections 20"] {
            let server = StallingServer(stallAfter: 100, seconds: 0)
            defer { server.stop() }
            let total = try Self.run("phase main constant 500/s for 1s\n\(lines)", port: server.port).total
            #expect(total.completed == total.planned)
            #expect(total.failed == 0)
        }
    }

    @Test func unreachableTargetIsToldAtOnce() throws {
        let server = StallingServer(stallAfter: 100, seconds: 0)
        server.stop()
        Thread.sleep(forTimeInterval: 0.2)
        #expect(throws: LoadError.self) { try Self.run("phase main constant 10/s for 60s", port: server.port) }
    }

    @Test func wrongTargetsAreRefused() {
        for url in [
            "https://x", "localhost:80", "http://", "http://x:99999", "http://127.0.0.1/path",
            "http://no.such.host.invalid",
        ] {
            #expect(throws: LoadError.self) { try Target(url: url) }
        }
    }
}
