public import DealHealthCore

/// What one transaction of the log holds: records, and the housekeeping that rides along.
public struct Commit: Sendable {
    public var batch: LogBatch?
    public var checkpoint: [CheckpointStep]
    public var truncation: Truncation?
    /// The settings that a record of the batch puts in force, at its LSN.
    public var scoring: (lsn: LSN, change: ScoringChange)?
    /// Removes the whole checkpoint, which is damaged: the log alone holds the state from here on.
    public var discardsCheckpoint: Bool

    public init(
        batch: LogBatch? = nil, checkpoint: [CheckpointStep] = [], truncation: Truncation? = nil,
        scoring: (lsn: LSN, change: ScoringChange)? = nil, discardsCheckpoint: Bool = false
    ) {
        self.batch = batch
        self.checkpoint = checkpoint
        self.truncation = truncation
        self.scoring = scoring
        self.discardsCheckpoint = discardsCheckpoint
    }
}

/// What a commit found out.
public struct CommitOutcome: Sendable {
    /// The last LSN no longer retained.
    public var truncated: LSN
    /// What the file holds; nil unless the commit truncates, which is often enough to look.
    public var usage: LogUsage?

    /// Whether the truncation stopped at its bounds.
    public var hasMoreToTruncate: Bool

    public init(truncated: LSN, usage: LogUsage? = nil, hasMoreToTruncate: Bool = false) {
        self.truncated = truncated
        self.hasMoreToTruncate = hasMoreToTruncate
        self.usage = usage
    }
}

/// Part of the checkpoint of one partition: entries to write, and, with the last part, the position reached.
public struct CheckpointStep: Sendable {
    public var partition: Partition
    /// The deals' slots, in the order of the entries.
    public var slots: [UInt32]
    /// Encoded `DealEntry` values, one after the other.
    public var entries: [UInt8]
    /// Where each entry ends in `entries`.
    public var entryEnds: [Int]
    /// Encoded `RememberedEventChunk` values with the minute that all their events fall in.
    public var remembered: [(minute: UInt32, chunk: [UInt8])]
    /// Position and last LSN of the partition, once all its entries are written.
    public var completes: (position: LSN, lastLSN: LSN)?

    /// Bytes that it writes.
    public var bytes: Int {
        entries.count + remembered.reduce(0) { $0 + $1.chunk.count }
    }

    public init(partition: Partition) {
        self.partition = partition
        slots = []
        entries = []
        entryEnds = []
        remembered = []
    }
}

/// A request to remove the oldest records, a bounded number at a time.
public struct Truncation: Sendable {
    /// Records at or before this position only: what the checkpoint holds.
    public var notPast: LSN
    /// Records received before this go, by age.
    public var receivedBefore: Timestamp
    /// Records go while they take more bytes than this, by size.
    public var recordBytesMax: Int
    /// Remembered ids of minutes before this go.
    public var forgetBefore: UInt32

    public init(notPast: LSN, receivedBefore: Timestamp, recordBytesMax: Int, forgetBefore: UInt32) {
        self.notPast = notPast
        self.receivedBefore = receivedBefore
        self.recordBytesMax = recordBytesMax
        self.forgetBefore = forgetBefore
    }
}
