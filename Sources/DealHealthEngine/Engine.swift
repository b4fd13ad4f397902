public import DealHealthCore
import Foundation
public import Logging
public import ServiceLifecycle

/// What became of a submission.
public struct Receipt: Sendable {
    /// Events that count now.
    public var accepted = 0
    /// Indexes of the events that had counted before.
    public var duplicateIndexes: [Int] = []
    /// The first events refused, in order of index.
    public var rejected: [Rejection] = []
    /// All events refused.
    public var rejectedCount = 0
    /// Everything submitted is durable and visible at this position: a token for `min_lsn`.
    public var lsn = LSN.zero

    /// Events that had counted before.
    public var duplicates: Int { duplicateIndexes.count }
}

/// The engine: deals in 64 shards, made durable by one log.
///
/// `submit` and the reads may be called from any task. `run()` MUST be running for a submission to end.
public final class Engine: Service {
    private let shards: [DealShard]
    let tables: [DealTable]
    let lists: RankedLists
    let pipeline: CommitPipeline
    let log: any EventLog
    let readers = LogReaderQueue()
    private let estimate: RecoveryEstimate
    private let usage: Locked<LogUsage>
    private let metrics = EngineMetrics()
    private let checkpoints: [PartitionCheckpoint]
    private let engineSettings: EngineSettings
    private let recoveryDuration: Duration
    private let replayedCount: UInt64
    private let failpoints: Failpoints
    private let giveMemoryBack: @Sendable () -> Void
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    /// What reads are about at present; noted by those who answer them.
    public let hotReads = HotDeals()
    /// What events that count are about at present.
    public let hotWrites = HotDeals()
    private let scoringInForce: ScoringInForce

    /// Recovers the state that `log` holds; blocks until that is done, or throws `refusedToStart`.
    ///
    /// - Parameters:
    ///   - startedAt: when opening the log began, which is part of the time that a recovery takes.
    ///   - giveMemoryBack: gives free memory back to the system; called in the quiet after many events.
    ///   - clock: the wall clock; recorded with each event, never part of a state.
    public init(
        log: any EventLog, settings: EngineSettings, progress: RecoveryProgress = RecoveryProgress(),
        startedAt: ContinuousClock.Instant = .now, failpoints: Failpoints = .none,
        giveMemoryBack: @escaping @Sendable () -> Void = {}, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) throws(EngineError) {
        Limits.checkInvariants()
        let openingDuration = ContinuousClock.now - startedAt
        let recovery = Recovery(log: log, rememberFor: settings.rememberFor, progress: progress, logger: logger)
        var recovered = try recovery.run()
        recovered.times.opening = openingDuration
        if recovered.isRebuilt { try Self.commit(Commit(discardsCheckpoint: true), to: log) }
        let scoring = try Self.scoring(of: &recovered, configured: settings.scoring, in: log, at: clock())
        recoveryDuration = .now - startedAt
        estimate = RecoveryEstimate(recovered.work, recovered.times)
        usage = Locked(recovered.usage)
        let sequencer = Sequencer(
            bounds: recovered.bounds, checkpointed: recovered.checkpoints.map(\.position).min() ?? .zero,
            remembered: recovered.remembered, scoring: scoring.change)
        let pipeline = CommitPipeline(
            sequencer: sequencer, log: log, metrics: metrics, failpoints: failpoints)
        let merchants = recovered.merchants
        let scoringInForce = ScoringInForce(
            ScoringVersion(scoring.change.settings, lsn: scoring.lsn, log: log.identity))
        self.scoringInForce = scoringInForce
        tables = recovered.partitions.map(\.table)
        let priors = MerchantPriors(tables: tables, merchants: merchants)
        var shards: [DealShard] = []
        for partition in recovered.partitions {
            shards.append(
                DealShard(
                    state: partition, pipeline: pipeline, merchants: merchants, hotWrites: hotWrites,
                    scoring: scoringInForce, priors: priors, clock: clock))
        }
        self.shards = shards
        lists = RankedLists(tables: tables, merchants: merchants, scoring: scoringInForce)
        self.pipeline = pipeline
        self.log = log
        checkpoints = recovered.checkpoints
        engineSettings = settings
        replayedCount = UInt64(recovered.work.records)
        self.failpoints = failpoints
        self.giveMemoryBack = giveMemoryBack
        self.logger = logger
        self.clock = clock
    }

    /// The settings to begin with: those of the log, and what is configured otherwise than at the start before; then, and in a new log,
    /// they are a record, in a commit of its own, before any event can be staged.
    private static func scoring(
        of recovered: inout Recovery.Recovered, configured: ScoringSettings, in log: any EventLog, at now: Timestamp
    ) throws(EngineError) -> (lsn: LSN, change: ScoringChange) {
        let change = recovered.scoring?.change.reconfigured(configured) ?? ScoringChange(configured: configured)
        if let scoring = recovered.scoring, scoring.change == change { return scoring }
        let bounds = recovered.bounds
        let lsn = bounds.last.successor
        let receivedAt = max(now, bounds.lastReceivedAt)
        let batch = LogBatch(firstLSN: lsn, previousChecksum: bounds.lastChecksum)
        batch.append(change, receivedAt: receivedAt)
        try commit(Commit(batch: batch, scoring: (lsn, change)), to: log)
        recovered.bounds = LogBounds(
            truncated: bounds.truncated, last: lsn, lastChecksum: batch.lastChecksum, lastReceivedAt: receivedAt)
        return (lsn, change)
    }

    private static func commit(_ commit: Commit, to log: any EventLog) throws(EngineError) {
        do throws(LogError) {
            _ = try log.commit(commit)
        } catch {
            throw EngineError(
                .refusedToStart, "The log cannot be written to. Check that DATA_DIR is writable and has room.",
                cause: error)
        }
    }

    // MARK: events

    /// The time by the engine's clock.
    public func now() -> Timestamp {
        clock()
    }

    /// A decoder for events that arrive now.
    public func decoder() -> EventDecoder {
        EventDecoder(hashKey: log.identity.hashKey, now: clock())
    }

    /// Makes the events of `batch` durable and visible, each once; returns when they are.
    ///
    /// Events of one deal are taken in order. Of two events with one id and different deals in the same batch, either may
    /// be the conflict.
    ///
    /// Throws `overloaded`, `diskFull`, `stopping` or `logFailed`; then some of the events may count all the same, and the
    /// whole may be submitted again: what counts already is a duplicate.
    public func submit(_ batch: EventBatch) async throws -> Receipt {
        do {
            return try await submitAdmitted(batch)
        } catch let error as EngineError {
            metrics.refused(error)
            throw error
        }
    }

    private func submitAdmitted(_ batch: EventBatch) async throws -> Receipt {
        let eventCount = batch.events.count
        let bytes = batch.storage.count + eventCount * LogRecord.headerSize
        try pipeline.admit(events: eventCount, bytes: bytes)
        defer { pipeline.release(events: eventCount, bytes: bytes) }

        var receipt = Receipt()
        receipt.rejected = batch.rejected
        receipt.rejectedCount = batch.rejectedCount
        var ticket: Ticket?
        for (partition, indices) in Self.indicesByPartition(batch) {
            let staged = await shards[partition].stage(batch, indices, now: clock())
            if let refusal = staged.refusal { throw refusal }
            receipt.accepted += staged.accepted
            receipt.duplicateIndexes += staged.duplicateIndexes
            receipt.rejected.append(contentsOf: staged.rejected)
            receipt.rejectedCount += staged.rejected.count
            // The aborts of the first, the position of the last: any abort in between fails the whole.
            if let latest = staged.ticket {
                ticket = Ticket(lsn: latest.lsn, abortCount: ticket?.abortCount ?? latest.abortCount)
            }
        }
        if let ticket {
            try await pipeline.waitUntilApplied(ticket)
            receipt.lsn = ticket.lsn
        } else {
            receipt.lsn = pipeline.positions.applied
        }
        receipt.rejected.sort { $0.index < $1.index }
        metrics.submitted(receipt)
        return receipt
    }

    private static func indicesByPartition(_ batch: EventBatch) -> [(partition: Int, indices: [Int])] {
        batch.storage.withUnsafeBytes { storage in
            func partition(_ event: Event) -> Int {
                Partition(dealID: UnsafeRawBufferPointer(rebasing: storage[event.dealID.range])).index
            }
            if batch.events.count == 1 { return [(partition(batch.events[0]), [0])] }
            var groups: [[Int]] = Array(repeating: [], count: Partition.count)
            for (index, event) in batch.events.enumerated() { groups[partition(event)].append(index) }
            return groups.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
        }
    }

    /// Returns once every record at or before `lsn` is durable and visible; throws `timeout` after `timeout`.
    public func waitUntilApplied(_ lsn: LSN, timeout: Duration) async throws {
        if pipeline.positions.applied >= lsn { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.pipeline.waitUntilApplied(lsn) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw EngineError(.timeout, "LSN \(lsn) is not applied yet")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: scoring

    /// The scoring settings in force; on any thread, without waiting.
    public var scoring: ScoringVersion {
        scoringInForce.current
    }

    /// Puts other scoring settings in force: what `change` makes of those that are. Returns once reads use them.
    ///
    /// The change is a record of the log, at the position returned; nothing is written when nothing changes. Every event before it is
    /// folded with the settings before, every one after it with these. Sums that stand are not touched: of a new decay rate that means
    /// that the time since a deal's latest evidence decays at it, and the time before as it did.
    ///
    /// Throws as `submit` does, and `overloaded` after `Limits.scoringChangesMax` changes.
    public func changeScoring(
        _ change: @Sendable (inout ScoringSettings) -> Void
    ) async throws -> ScoringVersion {
        let now = clock()
        let ticket = try pipeline.withSequencer { sequencer -> Result<Ticket, EngineError> in
            if let refusal = sequencer.refusal { return .failure(refusal) }
            var settings = sequencer.scoring.settings
            change(&settings)
            precondition(settings.faults.isEmpty, "settings are checked before")
            // The same may be on its way still: that is waited for, too.
            if settings == sequencer.scoring.settings { return .success(sequencer.ticket) }
            guard sequencer.scoringChangeCount < Limits.scoringChangesMax else {
                return .failure(
                    EngineError(.overloaded, "the settings were changed too often; restart to change them again"))
            }
            sequencer.append(sequencer.scoring.changed(to: settings), receivedAt: now)
            return .success(sequencer.ticket)
        }.get()
        try await pipeline.waitUntilApplied(ticket)
        return scoring
    }

    // MARK: running

    /// Commits, publishes and checkpoints until graceful shutdown; throws the error that made it stop taking events.
    public func run() async throws {
        let thread = Thread { [pipeline] in pipeline.runCommitThread() }
        thread.name = "commit"
        thread.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // In a task that cancellation does not reach: it ends with the commit thread, which waits for it.
            group.addTask { try await Task { try await self.publish() }.value }
            group.addTask { try await self.checkpointUntilShutdown() }
            // Not `waitForAll`: that waits for the one while the other has failed.
            while try await group.next() != nil {}
        }
    }

    private func publish() async throws {
        try await pipeline.runPublisher(shards) { settings, lsn in
            // In this order: a list that sharpens a block's bounds looks at the settings again, see `RankedLists.visit`.
            scoringInForce.put(ScoringVersion(settings, lsn: lsn, log: log.identity))
            lists.forget()
        }
    }

    private func checkpointUntilShutdown() async throws {
        let checkpointer = Checkpointer(
            shards: shards, tables: tables, checkpoints: checkpoints, pipeline: pipeline, estimate: estimate,
            settings: engineSettings, metrics: metrics, usage: usage, failpoints: failpoints,
            giveMemoryBack: giveMemoryBack, logger: logger)
        var finishing = await cancelWhenGracefulShutdown {
            var running = checkpointer
            await running.run()
            return running
        }
        pipeline.drain()
        do {
            try await finishing.checkpointAll()
        } catch let error as EngineError where error.code == .diskFull {
            logger.warning(
                "no room for the last checkpoint; the next start replays more", metadata: ["error": "\(error)"])
        }
        while !pipeline.closeIfIdle() { await Task { try? await Task.sleep(for: .milliseconds(1)) }.value }
    }

    /// Whether events are taken; nil when they are.
    public var refusal: EngineError? {
        pipeline.withSequencer { $0.refusal }
    }

    /// Takes no more events.
    public func drain() {
        pipeline.drain()
    }

    // MARK: observation

    public var positions: Positions {
        pipeline.positions
    }

    /// The figures of the engine at one moment.
    public func snapshot() -> EngineSnapshot {
        let (positions, remembered, window, windowMax) = pipeline.withSequencer {
            ($0.positions, $0.remembered.count, $0.remembered.windowSeconds, $0.remembered.windowSecondsMax)
        }
        let admitted = pipeline.admitted
        let deals = tables.reduce(0) { $0 + $1.count }
        let used = usage.withLock { $0 }
        let replayed = Int(positions.durable.distance(from: positions.checkpointed))
        let work = RecoveryWork(
            pageBytes: used.fileBytes - used.freeBytes, deals: deals,
            rememberedEvents: max(0, remembered - replayed), records: replayed)
        return EngineSnapshot(
            positions: positions, admittedEvents: admitted.events, admittedBytes: admitted.bytes,
            deals: deals, rememberedEvents: remembered,
            rememberedWindowSeconds: window, rememberedWindowSecondsMax: windowMax,
            recoverySeconds: recoveryDuration.seconds, replayedCount: replayedCount,
            estimatedRecoverySeconds: estimate.seconds(of: work),
            log: used)
    }

    /// Sets the gauges; called before each exposition of the metrics.
    public func recordMetrics() {
        metrics.record(snapshot())
    }

    /// Help texts of the engine's metrics, by name.
    public static var metricsHelp: [String: String] {
        EngineMetrics.help
    }
}

/// The figures of the engine at one moment.
public struct EngineSnapshot: Sendable {
    public var positions: Positions
    /// Events and bytes admitted and not yet visible.
    public var admittedEvents: Int
    public var admittedBytes: Int
    public var deals: Int
    public var rememberedEvents: Int
    /// How far back event ids are remembered, and how far they are to be.
    public var rememberedWindowSeconds: Int
    public var rememberedWindowSecondsMax: Int
    /// Time of the last recovery, and the records it replayed.
    public var recoverySeconds: Double
    public var replayedCount: UInt64
    public var estimatedRecoverySeconds: Double
    /// As the last commit that truncated found it, at most some seconds ago.
    public var log: LogUsage
}
