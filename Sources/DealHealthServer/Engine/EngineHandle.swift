import DealHealthCore
public import DealHealthEngine
import HTTPTypes
import Synchronization

/// Where the server finds the engine, which may not be there yet: the server listens before recovery ends.
///
/// Any thread may call it; looking the engine up takes one atomic load.
public final class EngineHandle: Sendable {
    /// How far recovery has come.
    public let progress: RecoveryProgress

    /// Set once, by `recovered(_:)`.
    private let reference = AtomicLazyReference<Engine>()
    private let draining = Atomic<Bool>(false)
    /// Whether the latest submission found the disk full. Reads go on, and so does readiness (P6).
    private let full = Atomic<Bool>(false)

    /// A handle to an engine that `progress` tells about.
    public init(progress: RecoveryProgress = RecoveryProgress()) {
        self.progress = progress
    }

    /// The engine is there; from now on requests are served. MUST be called at most once.
    public func recovered(_ engine: Engine) {
        let stored = reference.storeIfNil(engine)
        precondition(stored === engine, "an engine recovers once")
    }

    /// Readiness fails from now on, so that no new work is sent here; requests are still served.
    public func beginDraining() {
        draining.store(true, ordering: .releasing)
    }

    /// The engine; nil while it recovers.
    var engine: Engine? {
        reference.load()
    }

    var isDraining: Bool {
        draining.load(ordering: .acquiring)
    }

    var isDiskFull: Bool {
        full.load(ordering: .relaxed)
    }

    /// The engine; throws a problem with `Retry-After` while it recovers.
    func recoveredEngine() throws(Problem) -> Engine {
        if let engine { return engine }
        throw recoveringProblem()
    }

    /// What is answered while the engine recovers: 503 with the progress.
    func recoveringProblem() -> Problem {
        let (deals, records) = (progress.deals, progress.records)
        let problem = Problem(.serviceUnavailable, .recovering, "the server is recovering its state; try again shortly")
            .retry(afterSeconds: ServerLimits.retryAfterSeconds)
            .with("deals_loaded", .integer(Int64(deals.done)))
            .with("deals_total", .integer(Int64(deals.total)))
            .with("records_done", .integer(Int64(records.done)))
            .with("records_total", .integer(Int64(records.total)))
        guard let seconds = remainingSeconds() else { return problem }
        return problem.with("eta_seconds", .number(seconds))
    }

    /// Seconds until recovery ends, estimated, to a tenth; nil while nothing is known.
    func remainingSeconds() -> Double? {
        progress.remainingSeconds.map { ($0 * 10).rounded() / 10 }
    }

    /// Submits events, and notes whether the disk has room.
    func submit(_ batch: EventBatch, to engine: Engine) async throws -> Receipt {
        do {
            let receipt = try await engine.submit(batch)
            if receipt.accepted > 0, isDiskFull { full.store(false, ordering: .relaxed) }
            return receipt
        } catch let error as EngineError where error.code == .diskFull {
            full.store(true, ordering: .relaxed)
            throw error
        }
    }
}
