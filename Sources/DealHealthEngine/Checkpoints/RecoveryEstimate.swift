import DealHealthCore

/// What a recovery goes through, or has gone through so far.
struct RecoveryWork: Sendable, Equatable {
    /// Bytes of pages that are not free: each is verified before the file is mapped.
    var pageBytes = 0
    /// Deals in the checkpoint.
    var deals = 0
    /// Remembered ids in the checkpoint.
    var rememberedEvents = 0
    /// Records to replay; what they add to deals and ids is part of their cost.
    var records = 0
}

/// What a recovery costs on this machine: careful guesses, and what the recovery that this process began with has taught.
struct RecoveryEstimate: Sendable {
    /// Time that each part of a recovery took.
    struct Times: Sendable {
        /// Opening the log, which is mostly verifying its pages.
        var opening = Duration.zero
        /// Deals of the checkpoint, and the index of merchants.
        var loading = Duration.zero
        var remembering = Duration.zero
        var replaying = Duration.zero
    }

    /// Two processes started, the log's files opened, the listeners bound, and the answer to whoever asks whether that is done.
    private static let startSeconds = 0.08
    /// Fewer say more about start-up than about themselves.
    private static let countMin = 10_000
    private static let pageBytesMin = 256 << 20

    private var secondsPerPageByte = 0.5e-9
    private var secondsPerDeal = 0.5e-6
    private var secondsPerRememberedEvent = 0.2e-6
    private var secondsPerRecord = 1.5e-6

    /// The guesses.
    init() {}

    /// What `work` has taught that took `times`, and the guesses where it was too little.
    init(_ work: RecoveryWork, _ times: Times) {
        func learn(_ cost: inout Double, _ duration: Duration, _ count: Int, atLeast countMin: Int) {
            if count >= countMin { cost = duration.seconds / Double(count) }
        }
        learn(&secondsPerPageByte, times.opening, work.pageBytes, atLeast: Self.pageBytesMin)
        learn(&secondsPerDeal, times.loading, work.deals, atLeast: Self.countMin)
        learn(&secondsPerRememberedEvent, times.remembering, work.rememberedEvents, atLeast: Self.countMin)
        learn(&secondsPerRecord, times.replaying, work.records, atLeast: Self.countMin)
    }

    /// Seconds to replay so many records.
    func replaySeconds(records: UInt64) -> Double {
        Double(records) * secondsPerRecord
    }

    /// Seconds from the start of a process until it is ready.
    func seconds(of work: RecoveryWork) -> Double {
        let reading = Double(work.pageBytes) * secondsPerPageByte + Double(work.deals) * secondsPerDeal
        let remembering = Double(work.rememberedEvents) * secondsPerRememberedEvent
        return Self.startSeconds + reading + remembering + Double(work.records) * secondsPerRecord
    }
}
