import DealHealthCore
import Dispatch
import HeapModule

/// From admitted events to durable, visible ones: group commit with two stages, both in order.
///
/// Shards append to the gathering batch inside the lock. One thread takes batches and commits them, so that while one syncs
/// the next gathers; a publisher makes them visible behind it. A waiter is resumed when its position is applied.
final class CommitPipeline: Sendable {
    /// What the commit thread hands to the publisher, in order.
    enum Outcome: Sendable {
        case committed(LogBatch)
        /// No room: everything staged is to be given back.
        case aborted(EngineError)
    }

    /// Checkpoint or truncation work that rides along with the next commit, and who waits for it.
    struct Housekeeping: Sendable {
        var checkpoint: [CheckpointStep]
        var truncation: Truncation?
        var continuation: CheckedContinuation<CommitOutcome, any Error>
    }

    private struct Waiter: Comparable {
        var lsn: LSN
        var id: UInt64

        static func < (lhs: Waiter, rhs: Waiter) -> Bool {
            lhs.lsn < rhs.lsn
        }
    }

    private struct State {
        var sequencer: Sequencer
        var admittedEvents = 0
        var admittedBytes = 0
        var housekeeping: Housekeeping?
        /// Whether the commit thread has been told that there is something to do and has not looked yet.
        var isSignalled = false
        var nextWaiterID: UInt64 = 0
        var waiters = Heap<Waiter>()
        var continuations: [UInt64: Waiting] = [:]

        /// Keeps the heap no larger than a few times those who still wait.
        mutating func dropCancelledWaiters() {
            guard waiters.count > 2 * continuations.count + 1_024 else { return }
            waiters = Heap(waiters.unordered.filter { continuations[$0.id] != nil })
        }
    }

    private struct Waiting {
        /// Whether it waits for events of its own, which an abort takes back.
        var isStaged: Bool
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let state: Locked<State>
    private let work = DispatchSemaphore(value: 0)
    /// Bounds the batches that are durable and not yet visible.
    private let publicationSlots = DispatchSemaphore(value: 0)
    private let outcomes: AsyncStream<Outcome>
    private let outcomesContinuation: AsyncStream<Outcome>.Continuation
    private let log: any EventLog
    private let metrics: EngineMetrics
    private let failpoints: Failpoints

    init(sequencer: sending Sequencer, log: any EventLog, metrics: EngineMetrics, failpoints: Failpoints) {
        state = Locked(State(sequencer: sequencer))
        (outcomes, outcomesContinuation) = AsyncStream.makeStream()
        self.log = log
        self.metrics = metrics
        self.failpoints = failpoints
        // Signalled up, not created with this value: a semaphore may not end below the value it was created with.
        for _ in 0..<Limits.batchesAwaitingPublicationMax { publicationSlots.signal() }
    }

    // MARK: admission and staging

    /// Takes `events` of `bytes` into the pipeline's bounds, or throws at once; give them back with `release`.
    func admit(events: Int, bytes: Int) throws(EngineError) {
        let refusal: EngineError? = state.withLock { state in
            if let refusal = state.sequencer.refusal { return refusal }
            guard state.admittedEvents + events <= Limits.admittedEventsMax,
                state.admittedBytes + bytes <= Limits.admittedBytesMax
            else { return EngineError(.overloaded, "too many events are waiting for the disk; try again shortly") }
            state.admittedEvents += events
            state.admittedBytes += bytes
            return nil
        }
        if let refusal { throw refusal }
    }

    func release(events: Int, bytes: Int) {
        state.withLock { state in
            state.admittedEvents -= events
            state.admittedBytes -= bytes
            precondition(state.admittedEvents >= 0, "events are released once")
        }
    }

    /// Runs `body` with the sequencer; the commit thread is told if it leaves something to commit.
    func withSequencer<Result: Sendable>(_ body: (inout Sequencer) -> Result) -> Result {
        let (result, mustSignal) = state.withLock { state in
            let result = body(&state.sequencer)
            return (result, Self.needsSignal(&state))
        }
        if mustSignal { work.signal() }
        return result
    }

    private static func needsSignal(_ state: inout State) -> Bool {
        guard !state.isSignalled, state.sequencer.hasBatches || state.housekeeping != nil else { return false }
        state.isSignalled = true
        return true
    }

    var positions: Positions {
        state.withLock { $0.sequencer.positions }
    }

    /// Events and bytes admitted and not yet released.
    var admitted: (events: Int, bytes: Int) {
        state.withLock { ($0.admittedEvents, $0.admittedBytes) }
    }

    // MARK: waiting

    /// Returns once what was staged under `ticket` is durable and visible; throws if that cannot happen any more.
    ///
    /// Does not end early when the task is cancelled: the events are on their way, and count against the bounds until they
    /// are through.
    func waitUntilApplied(_ ticket: Ticket) async throws {
        try await withCheckedThrowingContinuation { continuation in
            wait(until: ticket.lsn, abortCount: ticket.abortCount, id: nextWaiterID(), continuation)
        }
    }

    /// Returns once every record at or before `lsn` is durable and visible; throws if that cannot happen any more, or
    /// when the task is cancelled.
    func waitUntilApplied(_ lsn: LSN) async throws {
        let id = nextWaiterID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait(until: lsn, abortCount: nil, id: id, continuation)
            }
        } onCancel: {
            let waiting = state.withLock { $0.continuations.removeValue(forKey: id) }
            waiting?.continuation.resume(throwing: CancellationError())
        }
    }

    private func nextWaiterID() -> UInt64 {
        state.withLock { state in
            state.nextWaiterID += 1
            return state.nextWaiterID
        }
    }

    /// Resumes `continuation` at once, or keeps it until `lsn` is applied.
    ///
    /// With `abortCount`, fails if there was an abort since: the position may then belong to another record.
    private func wait(
        until lsn: LSN, abortCount: UInt64?, id: UInt64, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        let early: Result<Void, any Error>? = state.withLock { state in
            if let abortCount, abortCount != state.sequencer.abortCount {
                return .failure(EngineError.diskFull())
            }
            if state.sequencer.positions.applied >= lsn { return .success(()) }
            switch state.sequencer.phase {
            case .failed(let error): return .failure(error)
            case .closed: return .failure(EngineError(.stopping, "the server is stopping"))
            case .open, .aborting, .draining: break
            }
            if state.continuations.count >= Limits.admittedEventsMax + Limits.positionWaitersMax {
                return .failure(EngineError(.overloaded, "too many requests wait for a position"))
            }
            if abortCount == nil, Task.isCancelled { return .failure(CancellationError()) }
            state.waiters.insert(Waiter(lsn: lsn, id: id))
            state.continuations[id] = Waiting(isStaged: abortCount != nil, continuation: continuation)
            state.dropCancelledWaiters()
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    // MARK: housekeeping

    /// Commits a checkpoint step or truncation along with the next batch, or alone when there is none.
    ///
    /// One at a time: the checkpointer is the only caller.
    func commitHousekeeping(
        checkpoint: [CheckpointStep] = [], truncation: Truncation? = nil
    ) async throws -> CommitOutcome {
        try await withCheckedThrowingContinuation { continuation in
            let (error, mustSignal): (EngineError?, Bool) = state.withLock { state in
                switch state.sequencer.phase {
                case .failed(let error): return (error, false)
                case .closed: return (EngineError(.stopping, "the server is stopping"), false)
                case .open, .aborting, .draining: break
                }
                precondition(state.housekeeping == nil, "one housekeeper at a time")
                state.housekeeping = Housekeeping(
                    checkpoint: checkpoint, truncation: truncation, continuation: continuation)
                return (nil, Self.needsSignal(&state))
            }
            if let error { continuation.resume(throwing: error) }
            if mustSignal { work.signal() }
        }
    }

    /// A partition's checkpoint reached further; `lsn` is the oldest of all.
    func checkpointed(_ lsn: LSN) {
        state.withLock { $0.sequencer.checkpointed(lsn) }
    }

    // MARK: the commit thread

    /// Commits until the pipeline is closed or fails. Blocks: MUST run on a thread of its own.
    func runCommitThread() {
        while true {
            work.wait()
            publicationSlots.wait()
            let (batch, housekeeping, isOver): (LogBatch?, Housekeeping?, Bool) = state.withLock { state in
                state.isSignalled = false
                switch state.sequencer.phase {
                case .closed, .failed: return (nil, nil, true)
                case .open, .aborting, .draining: break
                }
                let batch = state.sequencer.takeBatch()
                let housekeeping = state.housekeeping.take()
                if Self.needsSignal(&state) { work.signal() }
                return (batch, housekeeping, false)
            }
            if isOver { break }
            guard commit(batch, housekeeping) else { break }
        }
        outcomesContinuation.finish()
    }

    /// Commits one batch and the housekeeping; false once the pipeline has failed.
    private func commit(_ batch: LogBatch?, _ housekeeping: Housekeeping?) -> Bool {
        var housekeeping = housekeeping
        while true {
            do {
                failpoints.hit(.beforeCommit)
                let start = ContinuousClock.now
                let outcome = try log.commit(
                    Commit(
                        batch: batch, checkpoint: housekeeping?.checkpoint ?? [], truncation: housekeeping?.truncation,
                        scoring: batch.flatMap { batch in batch.scoring.map { (batch.firstLSN, $0) } }))
                metrics.committed(batch, in: ContinuousClock.now - start)
                failpoints.hit(.afterCommit)
                state.withLock { state in
                    state.sequencer.truncated(outcome.truncated)
                    if let batch { state.sequencer.committed(batch) }
                }
                housekeeping?.continuation.resume(returning: outcome)
                if let batch {
                    outcomesContinuation.yield(.committed(batch))
                } else {
                    publicationSlots.signal()
                }
                return true
            } catch  where error.code == .diskFull {
                let refusal = EngineError.diskFull(cause: error)
                if let refused = housekeeping.take() {
                    // The events come first: the housekeeping tries again later.
                    refused.continuation.resume(throwing: refusal)
                    if batch != nil { continue }
                }
                if let batch {
                    state.withLock { $0.sequencer.beginAbort(batch) }
                    outcomesContinuation.yield(.aborted(refusal))
                } else {
                    publicationSlots.signal()
                }
                return true
            } catch {
                let failure = EngineError(
                    .logFailed, "a write or sync of the log failed: nothing more is acknowledged", cause: error)
                housekeeping?.continuation.resume(throwing: failure)
                fail(failure)
                return false
            }
        }
    }

    /// Fails every waiter and takes nothing more.
    private func fail(_ error: EngineError) {
        let (waiting, housekeeping) = state.withLock { state in
            state.sequencer.fail(error)
            state.waiters = Heap()
            let waiting = Array(state.continuations.values)
            state.continuations.removeAll()
            return (waiting, state.housekeeping.take())
        }
        for waiting in waiting { waiting.continuation.resume(throwing: error) }
        housekeeping?.continuation.resume(throwing: error)
    }

    // MARK: the publisher

    /// Publishes committed batches to the shards until the commit thread ends; throws the error that ended it.
    ///
    /// - Parameter putInForce: makes reads use other scoring settings.
    func runPublisher(_ shards: [DealShard], putInForce: (ScoringSettings, LSN) -> Void) async throws {
        for await outcome in outcomes {
            switch outcome {
            case .committed(let batch):
                failpoints.hit(.beforePublish)
                for (index, changes) in batch.changes.enumerated() where !changes.isEmpty {
                    await shards[index].publish(changes)
                }
                if let change = batch.scoring { putInForce(change.settings, batch.firstLSN) }
                failpoints.hit(.afterPublish)
                finishPublication(batch)
            case .aborted(let error):
                for shard in shards { await shard.rollBack() }
                finishAbort(error)
            }
            publicationSlots.signal()
        }
        if case .failed(let error) = state.withLock({ $0.sequencer.phase }) { throw error }
    }

    private func finishPublication(_ batch: LogBatch) {
        let lsn = batch.lastLSN
        let ready = state.withLock { state in
            state.sequencer.applied(batch)
            var ready: [CheckedContinuation<Void, any Error>] = []
            while let waiter = state.waiters.min, waiter.lsn <= lsn {
                state.waiters.removeMin()
                if let waiting = state.continuations.removeValue(forKey: waiter.id) {
                    ready.append(waiting.continuation)
                }
            }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    private func finishAbort(_ error: EngineError) {
        let aborted = state.withLock { state in
            state.sequencer.finishAbort()
            // Readers that wait for a position go on waiting.
            let aborted = state.continuations.filter(\.value.isStaged)
            for id in aborted.keys { state.continuations[id] = nil }
            state.dropCancelledWaiters()
            return aborted.values
        }
        for waiting in aborted { waiting.continuation.resume(throwing: error) }
    }

    // MARK: ending

    /// Takes no more events; those admitted go on.
    func drain() {
        state.withLock { $0.sequencer.drain() }
    }

    /// Ends the commit thread if all that was admitted is applied; false if it is not yet.
    func closeIfIdle() -> Bool {
        let isClosed = state.withLock { state in
            guard state.admittedEvents == 0, state.housekeeping == nil else { return false }
            return state.sequencer.close()
        }
        if isClosed { work.signal() }
        return isClosed
    }
}
