import CLMDB
import DealHealthCore
import DealHealthEngine

extension LogStore {
    /// Writes the identity of a new log.
    func create(_ identity: LogIdentity) throws(LogError) {
        do throws(LMDBError) {
            try environment.withWriting { (transaction) throws(LMDBError) in
                try putMeta(LogKeys.identity, identity.encoded(), in: transaction)
            }
        } catch {
            throw LogError(error.isDiskFull ? .diskFull : .failed, error.description)
        }
    }

    func append(_ batch: LogBatch, in transaction: borrowing Transaction) throws(LMDBError) {
        try transaction.withCursor(environment.handle(of: .log)) { (cursor) throws(LMDBError) in
            try batch.forEachRecord { (lsn, bytes) throws(LMDBError) in try cursor.append(lsn.value, bytes) }
        }
    }

    func put(
        _ change: ScoringChange, _ lsn: LSN, in transaction: borrowing Transaction
    ) throws(LMDBError) {
        try putMeta(LogKeys.settings(lsn), change.encoded(), in: transaction)
    }

    /// Writes one checkpoint step and returns what the partition's checkpoint is with it.
    func put(
        _ step: CheckpointStep, over checkpoint: PartitionCheckpoint, in transaction: borrowing Transaction
    ) throws(LMDBError) -> PartitionCheckpoint {
        let state = environment.handle(of: .state)
        var updated = checkpoint
        var start = 0
        for (slot, end) in zip(step.slots, step.entryEnds) {
            let key = LogKeys.state(step.partition, slot: slot)
            if let old = try transaction.get(state, key) {
                updated.entrySum &-= UInt64(DealEntry.checksum(of: old))
            } else {
                updated.dealCount += 1
            }
            try Self.withBytes(step.entries, start..<end) { (entry) throws(LMDBError) in
                updated.entrySum &+= UInt64(DealEntry.checksum(of: entry))
                try transaction.put(state, key, entry)
            }
            start = end
        }
        if let (position, lastLSN) = step.completes {
            updated.position = position
            updated.lastLSN = lastLSN
            for (index, (minute, chunk)) in step.remembered.enumerated() {
                // No two alike: since the last slice there were at least as many records as there are chunks.
                let unique = LSN(position.value - UInt64(step.remembered.count - 1 - index))
                try Self.put(
                    LogKeys.remembered(minute: minute, step.partition, position: unique), chunk, in: transaction,
                    environment.handle(of: .remembered))
            }
        }
        try putMeta(LogKeys.partition(step.partition), updated.encoded(), in: transaction)
        return updated
    }

    /// Removes every entry and remembered id, and how far they reached; returns the checkpoints that are left: none.
    func discardCheckpoint(in transaction: borrowing Transaction) throws(LMDBError) -> [PartitionCheckpoint] {
        try transaction.removeAll(environment.handle(of: .state))
        try transaction.removeAll(environment.handle(of: .remembered))
        for index in 0..<Partition.count {
            let key = LogKeys.partition(Partition(index: index))
            try putMeta(key, PartitionCheckpoint.empty.encoded(), in: transaction)
        }
        return Array(repeating: .empty, count: Partition.count)
    }

    /// Removes the oldest records and remembered ids that `truncation` covers, a bounded number of each; the last record
    /// always stays, since the chain goes on from it.
    ///
    /// At least twice as many records as the same commit appends, so that removing keeps up with appending. Returns whether there may be more to
    /// remove.
    func truncate(
        _ truncation: Truncation, appended: Int, in transaction: borrowing Transaction
    ) throws(LMDBError) -> Bool {
        let countMax = max(Limits.truncationStepRecordsMax, 2 * appended)
        let log = environment.handle(of: .log)
        let size = try transaction.size(of: log)
        let bytesPerRecord = size.bytes / max(1, size.entries)
        var excessBytes = size.bytes - truncation.recordBytesMax
        let hasMoreRecords = try transaction.withCursor(log) { (cursor) throws(LMDBError) -> Bool in
            guard let last = try cursor.last()?.integerKey else { return false }
            var entry = try cursor.first()
            for _ in 0..<countMax {
                guard let current = entry, current.integerKey < last, LSN(current.integerKey) <= truncation.notPast
                else { return false }
                let isOld = (try? StoredRecord(current.value).header.receivedAt < truncation.receivedBefore) ?? false
                guard isOld || excessBytes > 0 else { return false }
                try cursor.remove()
                excessBytes -= bytesPerRecord
                entry = try cursor.next()
            }
            return true
        }
        let remembered = environment.handle(of: .remembered)
        let hasMoreIDs = try transaction.withCursor(remembered) { (cursor) throws(LMDBError) -> Bool in
            var entry = try cursor.first()
            for _ in 0..<Limits.truncationStepRecordsMax {
                guard let current = entry, LogKeys.rememberedMinute(current.key) < truncation.forgetBefore
                else { return false }
                try cursor.remove()
                entry = try cursor.next()
            }
            return true
        }
        return hasMoreRecords || hasMoreIDs
    }

    /// The last LSN no longer retained, as this transaction sees it.
    func truncated(in transaction: borrowing Transaction) throws(LMDBError) -> LSN {
        try transaction.withCursor(environment.handle(of: .log)) { (cursor) throws(LMDBError) in
            guard let first = try cursor.first() else { return .zero }
            return LSN(first.integerKey - 1)
        }
    }

    private func putMeta(
        _ key: [UInt8], _ payload: [UInt8], in transaction: borrowing Transaction
    ) throws(LMDBError) {
        try Self.put(key, LogKeys.sealed(payload, under: key), in: transaction, environment.handle(of: .meta))
    }

    private static func put(
        _ key: [UInt8], _ value: [UInt8], in transaction: borrowing Transaction, _ database: MDB_dbi
    ) throws(LMDBError) {
        try withBytes(key, 0..<key.count) { (key) throws(LMDBError) in
            try withBytes(value, 0..<value.count) { (value) throws(LMDBError) in
                try transaction.put(database, key, value)
            }
        }
    }

    /// Lends part of an array; `withUnsafeBytes` does not pass typed errors on.
    private static func withBytes(
        _ array: [UInt8], _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(LMDBError) -> Void
    ) throws(LMDBError) {
        let result: Result<Void, LMDBError> = array.withUnsafeBytes { bytes in
            Result { () throws(LMDBError) in try body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
        }
        try result.get()
    }
}
