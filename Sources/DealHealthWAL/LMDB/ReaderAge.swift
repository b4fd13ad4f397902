/// How long the oldest reader of an environment has kept its view, found out by looking now and then; LMDB notes no times.
struct ReaderAge {
    /// The oldest view of the last look, and when it was first seen.
    private var oldest: (transactionID: UInt, since: ContinuousClock.Instant)?

    /// Notes the transaction that the oldest reader sees, nil when there is no reader; returns its age, zero at the first look.
    mutating func observe(_ transactionID: UInt?, at now: ContinuousClock.Instant) -> Duration {
        guard let transactionID else {
            oldest = nil
            return .zero
        }
        if let oldest, oldest.transactionID == transactionID { return now - oldest.since }
        oldest = (transactionID, now)
        return .zero
    }
}
