public import DealHealthCore

/// The chain of positions: `truncated <= checkpointed <= applied <= durable <= assigned`, at every instant.
///
/// Each is a gauge; their differences are the lags worth an alert.
public struct Positions: Sendable, Equatable {
    /// The last LSN that the log no longer retains. Moves when a truncation is durable.
    public private(set) var truncated: LSN
    /// Every record at or before it is in the checkpoint: the oldest of the 64 partitions'. Moves when a
    /// partition's last checkpoint step is durable.
    public private(set) var checkpointed: LSN
    /// Every record at or before it is visible to readers. Moves when a batch is published.
    public private(set) var applied: LSN
    /// Every record at or before it is on stable storage. Moves when a commit returns.
    public private(set) var durable: LSN
    /// The last LSN given to a record. Moves with every admitted event; falls back to `durable` when
    /// batches are aborted.
    public private(set) var assigned: LSN

    /// After recovery: all that is durable is applied.
    public init(truncated: LSN, checkpointed: LSN, durable: LSN) {
        self.truncated = truncated
        self.checkpointed = checkpointed
        applied = durable
        self.durable = durable
        assigned = durable
        checkInvariants()
    }

    mutating func assign() -> LSN {
        assigned = assigned.successor
        checkInvariants()
        return assigned
    }

    mutating func advanceDurable(to lsn: LSN) {
        precondition(lsn >= durable, "durable moves forward")
        durable = lsn
        checkInvariants()
    }

    mutating func advanceApplied(to lsn: LSN) {
        precondition(lsn >= applied, "applied moves forward")
        applied = lsn
        checkInvariants()
    }

    mutating func advanceCheckpointed(to lsn: LSN) {
        precondition(lsn >= checkpointed, "checkpointed moves forward")
        checkpointed = lsn
        checkInvariants()
    }

    mutating func advanceTruncated(to lsn: LSN) {
        precondition(lsn >= truncated, "truncated moves forward")
        truncated = lsn
        checkInvariants()
    }

    /// Gives back every position that is not durable.
    mutating func abort() {
        assigned = durable
        checkInvariants()
    }

    /// Cheap, so it also runs in release builds.
    func checkInvariants() {
        precondition(truncated <= checkpointed, "truncated <= checkpointed")
        precondition(checkpointed <= applied, "checkpointed <= applied")
        precondition(applied <= durable, "applied <= durable")
        precondition(durable <= assigned, "durable <= assigned")
    }
}
