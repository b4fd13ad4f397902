import DealHealthCore
import Logging

/// Keeps the time of a recovery within its target, and the log within its retention, a small step at a time.
///
/// One task; every step rides along with an ordinary commit, so nobody waits for it.
struct Checkpointer {
    let shards: [DealShard]
    let tables: [DealTable]
    let pipeline: CommitPipeline
    let estimate: RecoveryEstimate
    let settings: EngineSettings
    let metrics: EngineMetrics
    let usage: Locked<LogUsage>
    let failpoints: Failpoints
    let giveMemoryBack: @Sendable () -> Void
    let logger: Logger
    /// How far each partition's checkpoint reaches.
    private var positions: [LSN]
    /// When to look next at what retention may remove; in the past as long as there is more.
    private var nextTruncation = ContinuousClock.now
    /// What was applied when `settle` last looked, and when it last had something to do.
    private var lookedAt = LSN.zero
    private var settled = LSN.zero

    /// When it was last said that ids are forgotten too early.
    private var warnedOfWindow: ContinuousClock.Instant?

    private static let pollInterval: Duration = .milliseconds(50)
    private static let retryInterval: Duration = .seconds(1)
    /// Between looks at what retention may remove.
    private static let truncationInterval: Duration = .seconds(1)
    /// Between warnings that ids are forgotten too early: it lasts for as long as the traffic does.
    private static let windowWarningInterval: Duration = .seconds(3_600)

    init(
        shards: [DealShard], tables: [DealTable], checkpoints: [PartitionCheckpoint], pipeline: CommitPipeline,
        estimate: RecoveryEstimate, settings: EngineSettings, metrics: EngineMetrics, usage: Locked<LogUsage>,
        failpoints: Failpoints, giveMemoryBack: @escaping @Sendable () -> Void, logger: Logger
    ) {
        self.shards = shards
        self.tables = tables
        positions = checkpoints.map(\.position)
        self.pipeline = pipeline
        self.estimate = estimate
        self.settings = settings
        self.metrics = metrics
        self.usage = usage
        self.failpoints = failpoints
        self.giveMemoryBack = giveMemoryBack
        self.logger = logger
    }

    /// Works until cancelled or the log fails.
    mutating func run() async {
        nextTruncation = .now + Self.truncationInterval
        while !Task.isCancelled {
            do {
                if ContinuousClock.now >= nextTruncation {
                    try await commit([])
                    if ContinuousClock.now < nextTruncation {
                        warnOfShortWindow()
                        try await settle()
                    }
                }
                let lag = pipeline.positions
                let seconds = estimate.replaySeconds(records: lag.applied.distance(from: lag.checkpointed))
                // From half of the target on: under load the rest passes while all partitions have their turn.
                if seconds > settings.recoverySecondsTarget / 2 {
                    let isLate = seconds > settings.recoverySecondsTarget
                    try await checkpointOldest(
                        bytesMax: isLate ? Limits.checkpointCommitBytesMax : Limits.checkpointCommitBytesInTime)
                } else if ContinuousClock.now < nextTruncation {
                    try await Task.sleep(for: Self.pollInterval)
                }
            } catch let error as EngineError where error.code == .diskFull {
                logger.warning("no room for the checkpoint; trying again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.retryInterval)
            } catch {
                return
            }
        }
    }

    /// Brings every partition's checkpoint to what is applied now.
    mutating func checkpointAll() async throws {
        let target = pipeline.positions.applied
        while let oldest = positions.min(), oldest < target {
            try await checkpointOldest(bytesMax: Limits.checkpointCommitBytesMax)
        }
    }

    /// Says, once in a while, that `Limits.rememberedEventsMax` makes the set forget ids before their time.
    private mutating func warnOfShortWindow() {
        let (seconds, secondsMax) = pipeline.withSequencer {
            ($0.remembered.windowSeconds, $0.remembered.windowSecondsMax)
        }
        guard seconds < secondsMax else { return }
        if let warnedOfWindow, warnedOfWindow.duration(to: .now) < Self.windowWarningInterval { return }
        warnedOfWindow = .now
        logger.warning(
            "too many event ids to remember; one that comes again later than this counts again",
            metadata: [
                "window_seconds": "\(seconds)", "setting_seconds": "\(secondsMax)",
                "ids_max": "\(Limits.rememberedEventsMax)",
            ])
    }

    /// Once no event came for a second after many: brings the checkpoints up to date, which nobody waits for now, and gives the memory
    /// that the many took back to the system. A trickle of events does not set it off.
    private mutating func settle() async throws {
        let applied = pipeline.positions.applied
        let isQuiet = applied == lookedAt
        lookedAt = applied
        guard isQuiet, applied.distance(from: settled) >= UInt64(Limits.settlingRecordsMin) else { return }
        try await checkpointAll()
        giveMemoryBack()
        settled = applied
    }

    /// Writes the slices of the partitions whose checkpoints are the oldest, as many as make a commit's worth of about `bytesMax`; a larger
    /// slice in several commits.
    private mutating func checkpointOldest(bytesMax: Int) async throws {
        let applied = pipeline.positions.applied
        var begun: [(index: Int, slice: CheckpointSlice)] = []
        do {
            var steps: [CheckpointStep] = []
            var bytes = 0
            for index in positions.indices.sorted(by: { positions[$0] < positions[$1] })
            where bytes < bytesMax && positions[index] < applied {
                let slice = await shards[index].beginCheckpoint(applied: applied)
                begun.append((index, slice))
                for step in slice.steps(tables[index]) {
                    if !steps.isEmpty, bytes + step.bytes > bytesMax {
                        try await commit(steps)
                        steps.removeAll()
                        bytes = 0
                    }
                    steps.append(step)
                    bytes += step.bytes
                }
            }
            try await commit(steps)
        } catch {
            // Those that were written already are written again: harmless.
            for (index, slice) in begun { await shards[index].restore(slice) }
            throw error
        }
        for (index, slice) in begun { positions[index] = slice.position }
        pipeline.checkpointed(min(positions.min() ?? .zero, pipeline.positions.applied))
    }

    /// Makes `steps` durable, with one step of truncation when that is due: it must not fall behind because checkpoints are due as well.
    private mutating func commit(_ steps: [CheckpointStep]) async throws {
        let isTruncating = ContinuousClock.now >= nextTruncation
        if steps.isEmpty, !isTruncating { return }
        if !steps.isEmpty { failpoints.hit(.beforeCheckpointStep) }
        let outcome = try await pipeline.commitHousekeeping(
            checkpoint: steps, truncation: isTruncating ? truncation() : nil)
        if let found = outcome.usage { usage.withLock { $0 = found } }
        if isTruncating, !outcome.hasMoreToTruncate { nextTruncation = .now + Self.truncationInterval }
        if steps.isEmpty { return }
        failpoints.hit(.afterCheckpointStep)
        metrics.checkpointed(steps)
    }

    /// One step of removing what retention no longer covers.
    private func truncation() -> Truncation {
        let (lastReceivedAt, forgetBefore) = pipeline.withSequencer { ($0.lastReceivedAt, $0.remembered.floor) }
        return Truncation(
            notPast: pipeline.positions.checkpointed, receivedBefore: lastReceivedAt - settings.logRetention,
            recordBytesMax: settings.logRetentionBytes, forgetBefore: forgetBefore)
    }
}
