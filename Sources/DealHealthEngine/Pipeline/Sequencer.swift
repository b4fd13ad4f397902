import DealHealthCore

/// Decides what becomes of each event, in the one order that the log keeps: duplicate, conflict, or the next LSN.
///
/// A pure value: no I/O, no clock, no threads. `CommitPipeline` keeps one behind a lock. It is one for all partitions, and not
/// one for each, because an event id may come back under another deal: a conflict that no single shard could see.
struct Sequencer {
    /// What the pipeline takes in and does.
    enum Phase {
        /// Taking events. Becomes any other.
        case open
        /// A commit found no room; what had gathered is being given back. Becomes `open` or `failed`.
        case aborting
        /// Taking no more events; those admitted go on. Becomes `aborting`, `failed` or `closed`.
        case draining
        /// All admitted events are applied and the commit thread is told to end. Final.
        case closed
        /// A write or sync failed. Final.
        case failed(EngineError)
    }

    private(set) var phase = Phase.open
    private(set) var positions: Positions
    private(set) var remembered: RememberedEvents
    /// The scoring settings that the next event is staged with, and those of the last durable record.
    private(set) var scoring: ScoringChange
    private var durableScoring: ScoringChange
    /// Changes of them so far. *Invariant:* at most `Limits.scoringChangesMax`.
    private(set) var scoringChangeCount = 0
    /// Batches not yet taken by the commit thread, oldest first; the last one gathers. *Invariant:* none is empty.
    private var queue: [LogBatch] = []
    /// Batches that are published and can gather again: their memory has grown to what a commit needs.
    /// *Invariant:* at most as many as there are on their way at once; none is large when none is on its way.
    private var spares: [LogBatch] = []
    /// The checksum of the last assigned record, and of the last durable one.
    private var assignedChecksum: UInt32
    private var durableChecksum: UInt32
    /// When the last assigned record was received. Never moves back, so that records are in order of it.
    private(set) var lastReceivedAt: Timestamp
    /// Aborts so far: a position staged before an abort may belong to another record after it.
    private(set) var abortCount: UInt64 = 0
    /// Whether to return to `draining` after an abort.
    private var isDraining = false

    init(bounds: LogBounds, checkpointed: LSN, remembered: RememberedEvents, scoring: ScoringChange) {
        positions = Positions(truncated: bounds.truncated, checkpointed: checkpointed, durable: bounds.last)
        self.remembered = remembered
        self.scoring = scoring
        durableScoring = scoring
        assignedChecksum = bounds.lastChecksum
        durableChecksum = bounds.lastChecksum
        lastReceivedAt = bounds.lastReceivedAt
    }

    /// Why no event is taken at present; nil when events are taken.
    var refusal: EngineError? {
        switch phase {
        case .open: nil
        case .aborting: EngineError.diskFull()
        case .draining, .closed: EngineError(.stopping, "the server is stopping")
        case .failed(let error): error
        }
    }

    /// Why an event that was admitted cannot be staged; nil when it can.
    var stagingRefusal: EngineError? {
        if case .draining = phase { return nil }
        return refusal
    }

    /// What a request waits for: all that is assigned by now.
    var ticket: Ticket {
        Ticket(lsn: positions.assigned, abortCount: abortCount)
    }

    var hasBatches: Bool {
        !queue.isEmpty
    }

    // MARK: staging

    /// What an event's id says of it.
    func lookup(_ event: Event) -> RememberedEvents.Lookup {
        remembered.lookup(event.identity, content: UInt32(truncatingIfNeeded: event.contentHash))
    }

    /// Loads what `lookup` of these events needs.
    mutating func prefetch(_ events: [Event], _ indices: [Int]) {
        remembered.prefetch(indices.lazy.map { events[$0].identity })
    }

    /// The position that the next record gets.
    var nextLSN: LSN {
        positions.assigned.successor
    }

    /// The time of reception that the next record gets: `now`, or later if the clock went back.
    func receptionTime(_ now: Timestamp) -> Timestamp {
        max(now, lastReceivedAt)
    }

    /// Begins a commit if the one that gathers is full: what is appended until the next call is durable together.
    mutating func makeRoom() {
        if queue.last?.isFull ?? true { queue.append(emptyBatch(firstLSN: nextLSN)) }
    }

    /// Gives a record of a deal the next position, and remembers its event; `record.lsn` MUST be `nextLSN`, `phase` open or draining, and
    /// `makeRoom` called before.
    mutating func append(
        _ record: LogRecord, dealID: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, partition: Partition,
        change: StagedChange
    ) {
        let lsn = positions.assign()
        precondition(record.lsn == lsn, "a record takes the next position")
        let batch = queue[queue.count - 1]
        batch.append(record, dealID: dealID, payload: payload)
        batch.append(change, in: partition)
        assignedChecksum = batch.lastChecksum
        lastReceivedAt = record.receivedAt
        if let event = change.remembered { remembered.insert(event) }
    }

    /// Puts other scoring settings in force for whatever is staged from now on; `phase` MUST be open.
    mutating func append(_ change: ScoringChange, receivedAt now: Timestamp) {
        let batch = emptyBatch(firstLSN: positions.assign())
        lastReceivedAt = receptionTime(now)
        batch.append(change, receivedAt: lastReceivedAt)
        queue.append(batch)
        assignedChecksum = batch.lastChecksum
        scoring = change
        scoringChangeCount += 1
    }

    private mutating func emptyBatch(firstLSN: LSN) -> LogBatch {
        guard let spare = spares.popLast() else {
            return LogBatch(firstLSN: firstLSN, previousChecksum: assignedChecksum)
        }
        spare.reuse(firstLSN: firstLSN, previousChecksum: assignedChecksum)
        return spare
    }

    // MARK: committing

    /// Takes the oldest batch out of the queue, for the commit thread.
    mutating func takeBatch() -> LogBatch? {
        queue.isEmpty ? nil : queue.removeFirst()
    }

    /// The batch is on stable storage.
    mutating func committed(_ batch: LogBatch) {
        positions.advanceDurable(to: batch.lastLSN)
        durableChecksum = batch.lastChecksum
        if let change = batch.scoring { durableScoring = change }
    }

    /// The batch is visible; nobody else MUST have it any more.
    mutating func applied(_ batch: LogBatch) {
        positions.advanceApplied(to: batch.lastLSN)
        if spares.count < Limits.batchesAwaitingPublicationMax + 2 { spares.append(batch) }
        // With nothing on its way, what a burst has made them grow to is of no use.
        if positions.applied == positions.assigned { spares.removeAll { $0.memoryBytes > Limits.batchBytesAtRestMax } }
    }

    mutating func checkpointed(_ lsn: LSN) {
        positions.advanceCheckpointed(to: lsn)
    }

    mutating func truncated(_ lsn: LSN) {
        positions.advanceTruncated(to: lsn)
    }

    // MARK: ending

    /// The batch found no room: it and all behind it are given back, as if they had never come.
    mutating func beginAbort(_ batch: LogBatch) {
        if case .draining = phase { isDraining = true }
        phase = .aborting
        abortCount += 1
        for aborted in [batch] + queue {
            if aborted.scoring != nil { scoringChangeCount -= 1 }
            for change in aborted.changes.joined() {
                if let event = change.remembered { remembered.remove(event.identity) }
            }
        }
        queue.removeAll()
        positions.abort()
        assignedChecksum = durableChecksum
        scoring = durableScoring
    }

    /// The shards have given back what was staged.
    mutating func finishAbort() {
        guard case .aborting = phase else { return }
        phase = isDraining ? .draining : .open
    }

    mutating func drain() {
        switch phase {
        case .open: phase = .draining
        case .aborting: isDraining = true
        case .draining, .closed, .failed: break
        }
    }

    /// Ends a drained or failed sequencer; false while something is not applied yet.
    mutating func close() -> Bool {
        switch phase {
        case .failed: return true
        case .open, .aborting: return false
        case .draining, .closed:
            guard positions.applied == positions.assigned else { return false }
            phase = .closed
            return true
        }
    }

    mutating func fail(_ error: EngineError) {
        phase = .failed(error)
        queue.removeAll()
    }
}
