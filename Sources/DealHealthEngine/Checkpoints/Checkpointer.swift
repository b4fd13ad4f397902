import DealHealthCore
import Logging

/// Keeps the time of a recovery within its target, and the log within its retention, a small step at a time.
///
/// One task; every step rides along with an ordinary commit, so nobody waits for it.
struct Checkpointer {
    let shards: [DealShard]
    let tables: [DealTable]
    let pipeline: CommitPipeline
    let log: any EventLog
    let estimate: ReplayEstimate
    let settings: EngineSettings
    let metrics: EngineMetrics
    let usage: LogUsage
    let failpoints: Failpoints
    let logger: Logger
    /// How far each partition's checkpoint reaches.
    private var positions: [LSN]

    private static let pollInterval: Duration = .milliseconds(50)
    private static let retryInterval: Duration = .seconds(1)
    /// Between looks at what retention may remove.
    private static let truncationInterval: Duration = .seconds(1)

    init(
        shards: [DealShard], tables: [DealTable], checkpoints: [PartitionCheckpoint], pipeline: CommitPipeline,
        log: any EventLog, estimate: ReplayEstimate, settings: EngineSettings, metrics: EngineMetrics, usage: LogUsage,
        failpoints: Failpoints, logger: Logger
    ) {
        self.shards = shards
        self.tables = tables
        positions = checkpoints.map(\.position)
        self.pipeline = pipeline
        self.log = log
        self.estimate = estimate
        self.settings = settings
        self.metrics = metrics
        self.usage = usage
        self.failpoints = failpoints
        self.logger = logger
    }

    /// Works until cancelled or the log fails.
    mutating func run() async {
        var nextTruncation = ContinuousClock.now + Self.truncationInterval
        while !Task.isCancelled {
            do {
                let lag = pipeline.positions
                if estimate.seconds(checkpointed: lag.checkpointed, durable: lag.durable)
                    > settings.recoverySecondsTarget
                {
                    try await checkpointOldest()
                } else if ContinuousClock.now >= nextTruncation {
                    if try await truncate() == false { nextTruncation = .now + Self.truncationInterval }
                } else {
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
        while let oldest = positions.min(), oldest < target { try await checkpointOldest() }
    }

    /// Writes the slice of the partition whose checkpoint is the oldest.
    private mutating func checkpointOldest() async throws {
        guard let index = positions.indices.min(by: { positions[$0] < positions[$1] }) else { return }
        let shard = shards[index]
        let slice = await shard.beginCheckpoint(applied: pipeline.positions.applied)
        do {
            for step in slice.steps(tables[index]) {
                failpoints.hit(.beforeCheckpointStep)
                usage.record(try await pipeline.commitHousekeeping(checkpoint: step))
                failpoints.hit(.afterCheckpointStep)
                metrics.checkpointed(step)
            }
        } catch {
            await shard.restore(slice)
            throw error
        }
        positions[index] = slice.position
        let applied = pipeline.positions.applied
        pipeline.checkpointed(min(positions.min() ?? .zero, applied))
    }

    /// Removes one step of what retention no longer covers; false when there was nothing to remove.
    private func truncate() async throws -> Bool {
        let before = pipeline.positions
        let (lastReceivedAt, forgetBefore) = pipeline.withSequencer { ($0.lastReceivedAt, $0.remembered.floor) }
        let outcome = try await pipeline.commitHousekeeping(
            truncation: Truncation(
                notPast: before.checkpointed, receivedBefore: lastReceivedAt - settings.logRetention,
                recordBytesMax: settings.logRetentionBytes, forgetBefore: forgetBefore))
        usage.record(outcome)
        return outcome.truncated > before.truncated
    }
}
