import DealHealthCore

/// The owner of one partition's deals: the only writer of their state.
actor DealShard {
    private var state: PartitionState
    private let pipeline: CommitPipeline
    private let merchants: MerchantIndex
    private let hotWrites: HotDeals
    private let scoring: ScoringInForce
    private let priors: MerchantPriors
    private var sampler = HotDealSampler()
    private let clock: @Sendable () -> Timestamp

    init(
        state: sending PartitionState, pipeline: CommitPipeline, merchants: MerchantIndex, hotWrites: HotDeals,
        scoring: ScoringInForce, priors: MerchantPriors, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.state = state
        self.pipeline = pipeline
        self.merchants = merchants
        self.hotWrites = hotWrites
        self.scoring = scoring
        self.priors = priors
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
        let settings = sequencer.scoring.settings
        let step = state.stage(event, dealID: dealID, lsn: sequencer.nextLSN, settings: settings) { merchantID in
            priors.prior(of: merchantID, at: event.time, settings: settings)
        }
        guard let step else { return false }
        sequencer.makeRoom()
        let receivedAt = sequencer.receptionTime(now)
        if let alarm = step.alarm {
            let record = LogRecord(
                kind: .alarm, lsn: alarm.state.lastLSN, previousPartitionLSN: alarm.previousPartitionLSN,
                previousDealLSN: alarm.previousDealLSN, receivedAt: receivedAt, time: event.time,
                identity: Hash128(low: 0, high: 0), contentHash: 0, works: false, hasGivenID: false,
                mass: settings.alarmEvidenceShare, merchantID: nil, scoreBefore: alarm.scoreBefore,
                scoreAfter: alarm.scoreAfter)
            sequencer.append(
                record, dealID: dealID, payload: UnsafeRawBufferPointer(start: nil, count: 0),
                partition: state.partition, change: StagedChange(slot: step.slot, state: alarm.state))
        }
        let next = step.event
        let record = LogRecord(
            kind: .evidence(event.source), lsn: next.state.lastLSN, previousPartitionLSN: next.previousPartitionLSN,
            previousDealLSN: next.previousDealLSN, receivedAt: receivedAt, time: event.time,
            identity: event.identity, contentHash: event.contentHash, works: event.works,
            hasGivenID: event.hasGivenID, mass: event.mass, merchantID: event.merchantID,
            hasMerchantPrior: step.newDealID != nil && next.state.prior != nil, scoreBefore: next.scoreBefore,
            scoreAfter: next.scoreAfter)
        sequencer.append(
            record, dealID: dealID, payload: UnsafeRawBufferPointer(rebasing: storage[event.received.range]),
            partition: state.partition,
            change: StagedChange(
                slot: step.slot, newDealID: step.newDealID, state: next.state, remembered: RememberedEvent(record)))
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
