public import DealHealthCore

/// Why a deal's score and forecast are what they are.
public struct DealExplanation: Sendable {
    public var deal: PastDeal
    /// The latest evidence dated at or before the time asked for, newest in the log first.
    public var latest: [HistoryEntry]
    /// The latest alarm found on the way to them, or, as long as none would follow it, among `Limits.historyWalkMax` records.
    public var alarm: LogRecord?
}

extension Engine {
    /// Explains a deal as it was at `time`, now or before, with its latest `limit` events; nil when it had none by then.
    ///
    /// Throws as `past(of:at:)`, but what the log no longer holds is only missing from the latest.
    public func explanation(of dealID: [UInt8], at time: Timestamp, limit: Int) async throws -> DealExplanation? {
        guard let deal = try await past(of: dealID, at: time) else { return nil }
        let log = self.log
        return try await readers.run {
            var explanation = DealExplanation(deal: deal, latest: [], alarm: nil)
            try LogWalk.read(log) { walk in
                var walked = 0
                _ = try walk.back(from: deal.state.lastLSN) { record, bytes in
                    walked += 1
                    if record.header.time > time { return true }
                    if case .alarm = record.header.kind {
                        explanation.alarm = explanation.alarm ?? record.header
                    } else if explanation.latest.count < limit {
                        explanation.latest.append(
                            HistoryEntry(record: record.header, received: Array(bytes[record.payload])))
                    }
                    let hasAlarm = explanation.alarm != nil || deal.state.isAlarmArmed
                    return explanation.latest.count < limit || !hasAlarm && walked < Limits.historyWalkMax
                }
            }
            return explanation
        }
    }
}
