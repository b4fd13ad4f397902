public import DealHealthCore

/// What a log is: drawn once, when it is created.
public struct LogIdentity: Sendable, Equatable {
    /// Names this log and its descendants; a lost disk starts another lineage.
    public var lineage: Hash128
    /// Keys every hash of event and deal ids.
    public var hashKey: HashKey

    public init(lineage: Hash128, hashKey: HashKey) {
        self.lineage = lineage
        self.hashKey = hashKey
    }
}

/// The records that a log holds.
public struct LogBounds: Sendable, Equatable {
    /// The last LSN that is no longer retained; zero when the log still starts at LSN 1.
    public var truncated: LSN
    /// The last LSN that is durable.
    public var last: LSN
    /// The checksum of the last record, for the chain; 0 in an empty log.
    public var lastChecksum: UInt32
    /// When the last record was received; 1970 in an empty log.
    public var lastReceivedAt: Timestamp

    public init(truncated: LSN, last: LSN, lastChecksum: UInt32, lastReceivedAt: Timestamp) {
        precondition(truncated <= last, "a log keeps at least its last record")
        self.truncated = truncated
        self.last = last
        self.lastChecksum = lastChecksum
        self.lastReceivedAt = lastReceivedAt
    }
}

/// The durable log with its checkpoints, as the engine needs it; an adapter conforms.
///
/// `commit` MUST be called from one thread at a time, blocks for a disk sync, and MUST NOT be called from
/// Swift's cooperative pool. The reading calls block too, and may run on any thread beside `commit`.
public protocol EventLog: Sendable {
    var identity: LogIdentity { get }

    /// Makes everything in `commit` durable in one transaction and one sync, or leaves no trace of it.
    ///
    /// After `LogError.failed` every later call MUST fail likewise: a sync is never retried.
    func commit(_ commit: Commit) throws(LogError) -> CommitOutcome

    /// What the log's file holds.
    func usage() throws(LogError) -> LogUsage

    /// The records held.
    func bounds() throws(LogError) -> LogBounds

    /// The settings records, oldest first; kept for ever, since a replay needs those in force at its start.
    func settingsHistory() throws(LogError) -> [(lsn: LSN, change: ScoringChange)]

    /// How far the checkpoint of `partition` reaches; `.empty` when there is none.
    func partitionCheckpoint(_ partition: Partition) throws(LogError) -> PartitionCheckpoint

    /// Calls `body` with the slot and encoded `DealEntry` of each deal of `partition`, by ascending slot.
    func forEachEntry(
        of partition: Partition, _ body: (UInt32, UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError)

    /// Calls `body` with every encoded `RememberedEventChunk`, oldest first.
    func forEachRememberedChunk(_ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError)

    /// Calls `body` with the encoded records after `start`, in order, until it returns false.
    ///
    /// `body` MUST copy what it keeps.
    func forEachRecord(
        after start: LSN, _ body: (LSN, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError)

    /// Calls `body` once with `read`, which finds single records by position in one consistent view; for walks
    /// backwards along a deal's history. `read` returns nil for a position that is not held.
    func withReader(
        _ body: ((LSN) throws(LogError) -> UnsafeRawBufferPointer?) throws(LogError) -> Void
    ) throws(LogError)
}
