public import DealHealthCore

/// One event in a deal's history, as its record holds it.
public struct HistoryEntry: Sendable {
    public var record: LogRecord
    /// The event as received.
    public var received: [UInt8]
}

/// A page of a deal's history, newest first.
public struct DealHistory: Sendable {
    public var entries: [HistoryEntry]
    /// Where the next page begins; nil when there is nothing before.
    public var nextBeforeLSN: LSN?
    /// Whether older events are no longer retained.
    public var isTruncated: Bool
    /// When the oldest retained record was received, if older ones are not.
    public var oldest: Timestamp?
}

extension Engine {
    /// Walks back along the deal's records: at most `limit` of those before `beforeLSN`, newest first.
    ///
    /// Nil when the deal is unknown. Throws `notRetained` when `beforeLSN` asks for what is truncated, `busy` when too many
    /// read. O(limit) when `beforeLSN` is one of the deal's own, as `nextBeforeLSN` is; else it walks over what lies between,
    /// and throws `notRetained` when that is more than `Limits.historyWalkMax` records.
    public func history(of dealID: [UInt8], limit: Int, beforeLSN: LSN?) async throws -> DealHistory? {
        precondition(limit > 0 && limit <= Limits.pageSizeMax, "a page has a size")
        guard let state = dealID.withUnsafeBytes({ self.state(of: $0) }) else { return nil }
        let log = self.log
        return try await readers.run {
            do {
                return try Self.walk(log, from: state.lastLSN, dealID: dealID, limit: limit, beforeLSN: beforeLSN)
            } catch let error as LogError {
                throw EngineError(.damaged, error.message, cause: error)
            }
        }
    }

    private static func walk(
        _ log: any EventLog, from start: LSN, dealID: [UInt8], limit: Int, beforeLSN: LSN?
    ) throws -> DealHistory {
        let bounds = try log.bounds()
        var history = DealHistory(entries: [], nextBeforeLSN: nil, isTruncated: false, oldest: nil)
        var next = start
        var walked = 0
        var bytesHeld = 0
        // A page may begin at any of the deal's records: jump there if it is one, and walk only if it is not.
        try log.withReader { (read) throws(LogError) in
            if let beforeLSN, beforeLSN <= start, let bytes = try read(beforeLSN),
                let record = try? StoredRecord(bytes), bytes[record.dealID].elementsEqual(dealID)
            {
                next = record.header.previousDealLSN
            }
            while next > .zero, history.entries.count < limit, walked < Limits.historyWalkMax,
                bytesHeld < Limits.historyPageBytesMax
            {
                walked += 1
                guard next > bounds.truncated, let bytes = try read(next) else {
                    history.isTruncated = true
                    break
                }
                let record = try RecordChain.verify(single: next, bytes)
                if beforeLSN.map({ next < $0 }) ?? true {
                    bytesHeld += record.payload.count
                    history.entries.append(
                        HistoryEntry(record: record.header, received: Array(bytes[record.payload])))
                }
                next = record.header.previousDealLSN
            }
            if next > .zero, next <= bounds.truncated { history.isTruncated = true }
            if history.isTruncated, let bytes = try read(bounds.truncated.successor) {
                history.oldest = try RecordChain.verify(single: bounds.truncated.successor, bytes).header.receivedAt
            }
        }
        if next > .zero, !history.isTruncated { history.nextBeforeLSN = history.entries.last?.record.lsn }
        if history.entries.isEmpty, walked == Limits.historyWalkMax {
            throw EngineError(.notRetained, "`before_lsn` is too far back; page on from a `next_before_lsn`")
        }
        if history.entries.isEmpty, history.isTruncated {
            let oldest = history.oldest.map { "; the oldest event retained was received at \($0)" } ?? ""
            throw EngineError(.notRetained, "the log no longer reaches back that far\(oldest)")
        }
        return history
    }
}
