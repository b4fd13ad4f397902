public import DealHealthCore

/// Verifies records read one after the other: each by its own checksum, and each against the one before.
public struct RecordChain: Sendable {
    /// The record verified last, or the position before the first.
    public private(set) var last: LSN
    private var lastChecksum: UInt32?
    private var lastReceivedAt = Timestamp(microseconds: .min)

    /// Expects the record after `start`; when that is the log's first retained one, its predecessor is not known.
    public init(after start: LSN, truncated: LSN) {
        last = start
        lastChecksum = start == .zero && truncated == .zero ? 0 : nil
    }

    /// Reads a record and checks it against its predecessor; throws `damaged` with its LSN. O(bytes.count).
    public mutating func verify(_ lsn: LSN, _ bytes: UnsafeRawBufferPointer) throws(LogError) -> StoredRecord {
        let record: StoredRecord
        do throws(CodecError) {
            record = try StoredRecord(bytes)
        } catch {
            throw damaged(lsn, error.reason)
        }
        guard record.header.lsn == lsn else { throw damaged(lsn, "it says that it is LSN \(record.header.lsn)") }
        if let lastChecksum {
            guard lsn == last.successor else { throw damaged(lsn, "LSN \(last.successor) is missing before it") }
            guard record.previousChecksum == lastChecksum else {
                throw damaged(lsn, "it does not follow on the record before it")
            }
        }
        guard record.header.receivedAt >= lastReceivedAt else {
            throw damaged(lsn, "it was received before the record before it")
        }
        last = lsn
        lastChecksum = record.checksum
        lastReceivedAt = record.header.receivedAt
        return record
    }

    /// Verifies one record by itself, whatever is before it.
    static func verify(single lsn: LSN, _ bytes: UnsafeRawBufferPointer) throws(LogError) -> StoredRecord {
        var chain = RecordChain(after: LSN(lsn.value - 1), truncated: lsn)
        return try chain.verify(lsn, bytes)
    }

    private func damaged(_ lsn: LSN, _ reason: String) -> LogError {
        LogError(.damaged, "record at LSN \(lsn): \(reason)")
    }
}
