import DealHealthCore

/// What recovery does with the checkpoint and the log that it found: a table, walked by one test row by row.
///
/// | checkpoint \ log | from LSN 1 | truncated, joins | truncated, gap | ends before the checkpoint |
/// |---|---|---|---|---|
/// | none    | replay all      | –               | refuse | – |
/// | whole   | replay the rest | replay the rest | refuse | refuse |
/// | damaged | rebuild, warn   | refuse          | refuse | refuse |
///
/// *Joins* means that the log still holds every record after the checkpoint. A damaged record, or a log that ends before the
/// watermark, is refused wherever it is met: it may have been acknowledged (P5).
enum RecoveryDecision: Equatable {
    /// Replay the records after the checkpoint.
    case replay
    /// The checkpoint is not whole; every record since the first is: make the state anew from them.
    case rebuild
    case refuse(String)

    /// The condition of the checkpoint.
    enum Checkpoint: Equatable {
        case none
        /// The positions of the partition that reaches least far, and of the one that reaches furthest.
        case whole(oldest: LSN, newest: LSN)
        case damaged(String)
    }

    private static let nextStep =
        "Restore DATA_DIR from a backup, or move it away and start anew; `dealhealth wal verify` lists all damage."

    /// Decides for a log that holds every record in `(truncated, last]`.
    static func decide(checkpoint: Checkpoint, truncated: LSN, last: LSN) -> RecoveryDecision {
        let begin = "the log begins after LSN \(truncated)"
        switch checkpoint {
        case .none:
            return truncated == .zero ? .replay : .refuse("There is no checkpoint, and \(begin). \(nextStep)")
        case .whole(let oldest, let newest):
            if newest > last {
                return .refuse(
                    "The checkpoint reaches LSN \(newest), the log ends at LSN \(last): its tail is gone. \(nextStep)")
            }
            if truncated > oldest {
                return .refuse("The checkpoint reaches LSN \(oldest), and \(begin). \(nextStep)")
            }
            return .replay
        case .damaged(let reason):
            return truncated == .zero
                ? .rebuild : .refuse("The checkpoint is damaged (\(reason)), and \(begin). \(nextStep)")
        }
    }
}
