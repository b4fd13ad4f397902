import DealHealthCore

/// Estimates when a replay ends, from two looks at how far it is.
struct ReplayRate {
    /// The first look that saw the replay going.
    private var first: (done: UInt64, at: ContinuousClock.Instant)?

    /// Seconds until `total` records are done, at the rate since the first look; nil before there is a rate.
    mutating func remainingSeconds(done: UInt64, total: UInt64, now: ContinuousClock.Instant) -> Double? {
        guard total > 0, done <= total else { return nil }
        guard let first else {
            first = (done, now)
            return nil
        }
        let elapsed = now - first.at
        guard done > first.done, elapsed > .zero else { return nil }
        let rate = Double(done - first.done) / elapsed.seconds
        return (Double(total - done) / rate * 10).rounded() / 10
    }
}
