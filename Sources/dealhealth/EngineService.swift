import CMalloc
import DealHealthEngine
import DealHealthServer
import DealHealthWAL
import Foundation
import Logging
import ServiceLifecycle

/// Opens the log, recovers, and runs the engine; the listeners are up meanwhile and say how far it is.
struct EngineService: Service {
    let directory: DataDirectory
    let options: LogOptions
    let settings: EngineSettings
    let handle: EngineHandle
    let logger: Logger

    /// Time for the failed requests to be answered before the process ends; the promise is one second in all.
    private static let farewell: Duration = .milliseconds(200)

    func run() async throws {
        let engine = try await recover()
        handle.recovered(engine)
        do {
            try await engine.run()
        } catch let error as EngineError where error.code == .logFailed {
            // P6: a disk that failed once is not asked again. No orderly stop: that would write.
            Console.say("dealhealth: \(error). Check the disk of DATA_DIR=\(directory.path), then start again.")
            try? await Task.sleep(for: Self.farewell)
            _exit(EX_IOERR)
        }
    }

    /// Recovers on a thread of its own: it blocks for as long as it takes.
    private func recover() async throws -> Engine {
        let progress = Task { await showProgress() }
        defer { progress.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try open() })
            }
            thread.name = "recovery"
            thread.start()
        }
    }

    private func open() throws -> Engine {
        let start = ContinuousClock.now
        var random = SystemRandomNumberGenerator()
        let log = try LMDBLog(directory: directory, options: options, using: &random)
        let engine = try Engine(
            log: log, settings: settings, progress: handle.progress, startedAt: start, failpoints: options.failpoints,
            giveMemoryBack: cmalloc_trim, logger: logger, clock: WallClock.now)
        let snapshot = engine.snapshot()
        logger.info(
            "recovered",
            metadata: [
                "deals": "\(snapshot.deals)", "replayed": "\(snapshot.replayedCount)",
                "seconds": "\(snapshot.recoverySeconds)", "lsn": "\(snapshot.positions.durable)",
            ])
        return engine
    }

    private func showProgress() async {
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            let (deals, records) = (handle.progress.deals, handle.progress.records)
            guard let seconds = handle.progress.remainingSeconds else {
                logger.info("verifying the log's pages")
                continue
            }
            logger.info(
                "recovering",
                metadata: [
                    "deals": "\(deals.done) of \(deals.total)", "replayed": "\(records.done) of \(records.total)",
                    "seconds_left": "\(Int(seconds.rounded(.up)))",
                ])
        }
    }
}

/// Fails readiness first, and gives balancers time to notice: until then requests come, and are answered.
struct DrainService: Service {
    let handle: EngineHandle
    let delay: Duration

    func run() async throws {
        try await gracefulShutdown()
        handle.beginDraining()
        try? await Task.sleep(for: delay)
    }
}
