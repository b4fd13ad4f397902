public import DealHealthCore
public import DealHealthEngine
public import Logging
import ServiceLifecycleTestKit

/// An engine on some log, run for the length of a closure.
public struct EngineHarness<Log: EventLog>: Sendable {
    /// What events of tests are dated from.
    public static var start: Timestamp {
        Timestamp(microseconds: 1_780_000_000_000_000)
    }

    public let log: Log
    public let clock = ManualClock(start + .seconds(864_000))
    public var settings = EngineSettings()

    /// Without the merchants' priors: what a new deal begins with depends on which of its merchant's deals are visible by then, and tests
    /// compare runs of the same events.
    public init(log: Log) {
        self.log = log
        settings.scoring.merchantPriorStrength = .infinity
    }

    /// Recovers an engine, runs `body` against it, then stops it gracefully.
    public func run<Result: Sendable>(
        failpoints: Failpoints = .none, _ body: @Sendable @escaping (Engine) async throws -> Result
    ) async throws -> Result {
        let engine = try makeEngine(failpoints)
        return try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await body(engine)) } catch { result = .failure(error) }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
                return try result.get()
            }
        }
    }

    /// Says what is critical only.
    public static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Recovers an engine; the caller runs it.
    public func makeEngine(_ failpoints: Failpoints = .none) throws -> Engine {
        try Engine(
            log: log, settings: settings, failpoints: failpoints, logger: Self.logger, clock: { [clock] in clock.now })
    }
}

extension EngineHarness where Log == InMemoryLog {
    /// Like `run`, but ends as a kill would: nothing is written after `body`.
    public func runUntilCrash<Result: Sendable>(
        _ body: @Sendable @escaping (Engine) async throws -> Result
    ) async throws -> Result {
        let engine = try makeEngine()
        let result = try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await engine.run() }
                let result = try await body(engine)
                log.inject { _ in LogError(.failed, "the process is gone") }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
                return result
            }
        }
        log.heal()
        return result
    }
}

extension Engine {
    /// Decodes and submits NDJSON.
    public func submit(lines: [UInt8]) async throws -> Receipt {
        try await submit(decoder().decode(lines: lines, firstIndex: 0).batch)
    }

    /// Decodes and submits NDJSON.
    public func submit(_ text: String) async throws -> Receipt {
        try await submit(lines: Array(text.utf8))
    }

    /// The published state of a deal.
    public func state(_ dealID: String) -> DealState? {
        Array(dealID.utf8).withUnsafeBytes { state(of: $0) }
    }
}
