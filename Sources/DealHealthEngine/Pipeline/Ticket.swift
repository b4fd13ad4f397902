import DealHealthCore

/// What a request waits for after staging: a position, and the aborts that had happened when it was assigned.
struct Ticket: Sendable {
    var lsn: LSN
    var abortCount: UInt64
}
