import DealHealthCore

/// The owner of one partition's deals: the only writer of their state.
actor DealShard {
    private var state: PartitionState
    private let pipeline: CommitPipeline
    private let merchants: MerchantIndex
    private let hotWrites: HotDeals
    private let scoring: ScoringInForce
    private var sampler = HotDealSampler()
    private let clock: @Sendable () -> Timestamp

    init(
        state: sending PartitionState, pipeline: CommitPipeline, merchants: MerchantIndex, hotWrites: HotDeals,
        scoring: ScoringInForce, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.state = state
        self.pipeline = pipeline
        self.merchants = merchants
        self.hotWrites = hotWrites
        self.scoring = scoring
        self.clock = clock
    }

    /// What became of a request's events that belong to this partition.
    struct Staged: Sendable {
        var accepted = 0
        /// Counted before.
        var duplicateIndexes: [Int] = []
        /// Same id, other content; or no room for another deal.
        var rejected: [Rejection] = []
        /// What to wait for; nil when staging was refused altogether.
        var ticket: Ticket?
        var refusal: EngineError?
    }

    /// Puts the events at `indices` of `batch` into the gathering commit, in order; no `await` inside.
    func stage(_ batch: EventBatch, _ indices: [Int], now: Timestamp) -> Staged {
        batch.storage.withUnsafeBytes { storage in
            pipeline.withSequencer { sequencer in
                var staged = Staged()
                if let refusal = sequencer.stagingRefusal {
                    staged.refusal = refusal
                    return staged
                }
                if indices.count > 1 { sequencer.prefetch(batch.events, indices) }
                for index in indices {
                    let event = batch.events[index]
                    switch sequencer.lookup(event) {
                    case .same:
                        staged.duplicateIndexes.append(event.index)
                    case .other:
                        staged.rejected.append(
                            Rejection(index: event.index, reason: Self.conflictReason, kind: .conflict))
                    case .unknown:
                        if append(event, storage: storage, now: now, to: &sequencer) {
                            staged.accepted += 1
                        } else {
                            staged.rejected.append(
                                Rejection(index: event.index, reason: Self.fullReason, kind: .refused))
                        }
                    }
                }
                staged.ticket = sequencer.ticket
                return staged
            }
        }
    }

    private static let conflictReason = "`eventId` was used before for an event with other content"
    private static let fullReason = "no room for another deal in this deal's partition"

    private func append(
        _ event: Event, storage: UnsafeRawBufferPointer, now: Timestamp, to sequencer: inout Sequencer
    ) -> Bool {
        let dealID = UnsafeRawBufferPointer(rebasing: storage[event.dealID.range])
        let lsn = sequencer.nextLSN
        guard let step = state.stage(event, dealID: dealID, lsn: lsn, settings: sequencer.scoring.settings) else {
            return false
        }
        let record = LogRecord(
            kind: .evidence(event.source), lsn: lsn, previousPartitionLSN: step.previousPartitionLSN,
            previousDealLSN: step.previousDealLSN, receivedAt: sequencer.receptionTime(now), time: event.time,
            identity: event.identity, contentHash: event.contentHash, works: event.works,
            hasGivenID: event.hasGivenID, mass: event.mass, merchantID: event.merchantID,
            scoreBefore: step.scoreBefore, scoreAfter: step.scoreAfter)
        sequencer.append(
            record, dealID: dealID, payload: UnsafeRawBufferPointer(rebasing: storage[event.received.range]),
            partition: state.partition, step: step)
        return true
    }

    /// Makes durable changes visible.
    func publish(_ changes: [StagedChange]) {
        state.publish(changes, merchants: merchants, settings: scoring.current.settings)
        sampler.pass(changes.count) { index in
            hotWrites.note(state.dealID(of: changes[index]), at: clock())
        }
    }

    /// Gives back all that is staged and not visible.
    func rollBack() {
        state.rollBack()
    }

    /// Takes what the checkpoint lacks.
    func beginCheckpoint(applied: LSN) -> CheckpointSlice {
        state.beginCheckpoint(applied: applied)
    }

    /// Takes back what could not be written.
    func restore(_ slice: CheckpointSlice) {
        state.restore(slice)
    }
}
