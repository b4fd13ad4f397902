import DealHealthCore

/// What recovery does with what it found: a table, walked by one test row by row.
///
/// | checkpoint \ log | from 1 | truncated, joins | truncated, gap | damaged |
/// |---|---|---|---|---|
/// | none     | replay all      | –             | refuse | refuse |
/// | whole    | replay the rest | replay the rest | refuse | refuse |
/// | damaged  | rebuild, warn   | refuse        | refuse | refuse |
///
/// *Joins* means that the log still holds every record after the checkpoint. *Damaged* means a record that recovery
/// needs, or a log that ends before the watermark: either may have been acknowledged, so the start is refused (P5).
enum RecoveryDecision: Equatable {
    /// Replay the records after the checkpoint.
    case replay
    /// The checkpoint is not whole; every record since the first is: make the state anew from them.
    case rebuild
    case refuse(String)

    /// The condition of the checkpoint.
    enum Checkpoint: Equatable {
        case none
        case whole(LSN)
        case damaged(String)
    }

    /// The condition of the log, before it is replayed.
    enum Log: Equatable {
        /// It holds every record in `(truncated, last]`.
        case whole(truncated: LSN, last: LSN)
        /// What it holds is not what was written.
        case damaged(at: LSN, String)
    }

    private static let nextStep =
        "Restore DATA_DIR from a backup, or move it away and start anew; `dealhealth wal verify` lists all damage."

    static func decide(checkpoint: Checkpoint, log: Log) -> RecoveryDecision {
        switch (checkpoint, log) {
        case (_, .damaged(let lsn, let reason)):
            return .refuse("The log is damaged at LSN \(lsn): \(reason). \(nextStep)")
        case (.none, .whole(let truncated, _)):
            return truncated == .zero
                ? .replay
                : .refuse("There is no checkpoint, and the log begins after LSN \(truncated). \(nextStep)")
        case (.whole(let position), .whole(let truncated, let last)):
            if position > last {
                return .refuse(
                    "The checkpoint reaches LSN \(position), and the log ends at LSN \(last): its tail is gone. \(nextStep)"
                )
            }
            return truncated <= position
                ? .replay
                : .refuse(
                    "The checkpoint reaches LSN \(position), and the log begins after LSN \(truncated). \(nextStep)")
        case (.damaged(let reason), .whole(let truncated, _)):
            return truncated == .zero
                ? .rebuild
                : .refuse(
                    "The checkpoint is damaged (\(reason)), and the log begins after LSN \(truncated). \(nextStep)")
        }
    }
}
