import DealHealthCore

/// A read of the log that walks back along deals' records, in one consistent view and within a bound.
struct LogWalk {
    private let truncated: LSN
    private let read: (LSN) throws(LogError) -> UnsafeRawBufferPointer?
    /// Oldest first; never empty.
    private let settingsHistory: [(lsn: LSN, change: ScoringChange)]
    /// Records that may still be looked at.
    private var recordsLeft = Limits.pastRecordsMax

    /// Runs `body` with a walk; damage in the log is thrown as `EngineError.damaged`.
    static func read(_ log: any EventLog, _ body: (inout LogWalk) throws -> Void) throws {
        var failure: (any Error)?
        do {
            let (bounds, settings) = (try log.bounds(), try log.settingsHistory())
            try log.withReader { (read) throws(LogError) in
                // The closure may throw errors of the log only; others are taken out by hand.
                withoutActuallyEscaping(read) { read in
                    var walk = LogWalk(truncated: bounds.truncated, read: read, settingsHistory: settings)
                    do { try body(&walk) } catch { failure = error }
                }
            }
        } catch {
            failure = error
        }
        switch failure {
        case nil: return
        case let error as LogError: throw EngineError(.damaged, error.message, cause: error)
        case let error?: throw error
        }
    }

    private init(
        truncated: LSN, read: @escaping (LSN) throws(LogError) -> UnsafeRawBufferPointer?,
        settingsHistory: [(lsn: LSN, change: ScoringChange)]
    ) {
        self.truncated = truncated
        self.read = read
        self.settingsHistory = settingsHistory
    }

    /// Calls `body` with a deal's records from `start` backwards, and the bytes that each lies in, until it returns false or there are no more;
    /// false when older ones are no longer retained, or the bound is reached.
    mutating func back(from start: LSN, _ body: (StoredRecord, UnsafeRawBufferPointer) -> Bool) throws -> Bool {
        var next = start
        while next > .zero {
            guard next > truncated, recordsLeft > 0, let bytes = try read(next) else { return false }
            recordsLeft -= 1
            let record = try RecordChain.verify(single: next, bytes)
            if !body(record, bytes) { return true }
            next = record.header.previousDealLSN
        }
        return true
    }

    /// What a deal in state `now` was at `time`; nil when it had no events by then.
    mutating func state(of now: DealState, at time: Timestamp) throws -> DealState? {
        var records: [LogRecord] = []
        let isWhole = try back(from: now.lastLSN) { record, _ in
            if record.header.time <= time { records.append(record.header) }
            return true
        }
        guard isWhole else { throw EngineError(.notRetained, try notRetainedMessage()) }
        if records.isEmpty { return nil }
        var state = DealState()
        // What it began with came with its first record, which may be dated later.
        state.prior = now.prior
        var rest = settingsHistory[...]
        var settings = settingsHistory[0].change.settings
        for record in records.reversed() {
            while let next = rest.first, next.lsn < record.lsn { settings = rest.removeFirst().change.settings }
            // An alarm without evidence before it scales nothing: what it was about is dated later.
            if record.kind == .alarm, state.eventCount == 0 { continue }
            state.replay(record, settings: settings)
        }
        return state.eventCount > 0 ? state : nil
    }

    /// The scoring settings in force at `time`; of before the first record, the first.
    func settings(at time: Timestamp) throws -> ScoringSettings {
        for (lsn, change) in settingsHistory.reversed() {
            // One that is no longer retained is older than all that is.
            guard lsn > truncated, let bytes = try read(lsn) else { return change.settings }
            if try RecordChain.verify(single: lsn, bytes).header.receivedAt <= time { return change.settings }
        }
        return settingsHistory[0].change.settings
    }

    private func notRetainedMessage() throws -> String {
        if recordsLeft == 0 { return "more than \(Limits.pastRecordsMax) events would have to be gone through" }
        guard let bytes = try read(truncated.successor) else { return "the log no longer reaches back that far" }
        let oldest = try RecordChain.verify(single: truncated.successor, bytes).header.receivedAt
        return "the log no longer reaches back to the deal's first event; the oldest retained was received at \(oldest)"
    }
}
