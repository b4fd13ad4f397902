import CLMDB
import DealHealthCore
import DealHealthEngine

extension LogStore {
    /// The identity of the log; nil when the environment is new.
    func identity() throws(LogError) -> LogIdentity? {
        try value(LogKeys.identity) { (value) throws(LogError) in try LogIdentity(sealed: value) }
    }

    func bounds() throws(LogError) -> LogBounds {
        try reading { (transaction) throws(LogError) in
            let (first, last) = try Self.read { () throws(LMDBError) in
                try transaction.withCursor(environment.handle(of: .log)) { (cursor) throws(LMDBError) in
                    (try cursor.first(), try cursor.last())
                }
            }
            guard let first, let last else {
                return LogBounds(
                    truncated: .zero, last: .zero, lastChecksum: 0, lastReceivedAt: Timestamp(microseconds: 0))
            }
            let lsn = LSN(last.integerKey)
            guard first.integerKey > 0, lsn.value >= first.integerKey else {
                throw LogError(.damaged, "the log's first key is \(first.integerKey), its last \(lsn)")
            }
            var chain = RecordChain(after: LSN(lsn.value - 1), truncated: lsn)
            let record = try chain.verify(lsn, last.value)
            return LogBounds(
                truncated: LSN(first.integerKey - 1), last: lsn, lastChecksum: record.checksum,
                lastReceivedAt: record.header.receivedAt)
        }
    }

    /// Throws `damaged` when the log ends before a record that was durable, or holds another in its place.
    func check(_ witness: Watermark) throws(LogError) {
        let bounds = try bounds()
        let advice = "Restore DATA_DIR from a backup; `dealhealth wal verify` lists all damage."
        guard bounds.last >= witness.lsn else {
            throw LogError(
                .damaged,
                "the log ends at LSN \(bounds.last), and LSN \(witness.lsn) was durable: its tail is gone. \(advice)")
        }
        guard witness.lsn > bounds.truncated else { return }
        try withReader { (read) throws(LogError) in
            guard let bytes = try read(witness.lsn), (try? StoredRecord(bytes))?.checksum == witness.checksum else {
                throw LogError(
                    .damaged, "the record at LSN \(witness.lsn) is not the one that was durable. \(advice)")
            }
        }
    }

    func settingsHistory() throws(LogError) -> [(lsn: LSN, settings: ScoringSettings)] {
        var history: [(lsn: LSN, settings: ScoringSettings)] = []
        try forEach(.meta) { (entry) throws(LogError) in
            guard let lsn = LogKeys.settingsLSN(entry.key) else { return true }
            let payload = try LogKeys.opened(entry.value, "the settings of LSN \(lsn)")
            do throws(CodecError) {
                history.append((lsn, try ScoringSettings(payload)))
            } catch {
                throw LogError(.damaged, error.reason)
            }
            return true
        }
        return history
    }

    func partitionCheckpoints() throws(LogError) -> [PartitionCheckpoint] {
        var checkpoints: [PartitionCheckpoint] = []
        for index in 0..<Partition.count {
            // A damaged one is the business of recovery, which reads it again and may rebuild it.
            checkpoints.append((try? partitionCheckpoint(Partition(index: index))) ?? .empty)
        }
        return checkpoints
    }

    func partitionCheckpoint(_ partition: Partition) throws(LogError) -> PartitionCheckpoint {
        try value(LogKeys.partition(partition)) { (value) throws(LogError) in
            do throws(CodecError) {
                return try PartitionCheckpoint(value)
            } catch {
                throw LogError(.damaged, error.reason)
            }
        } ?? .empty
    }

    func forEachEntry(
        of partition: Partition, _ body: (UInt32, UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        try forEach(.state, from: LogKeys.state(partition, slot: 0)) { (entry) throws(LogError) in
            guard entry.integerKey >> 32 == UInt64(partition.index) else { return false }
            try body(UInt32(truncatingIfNeeded: entry.integerKey), entry.value)
            return true
        }
    }

    func forEachRememberedChunk(
        _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        try forEach(.remembered) { (entry) throws(LogError) in
            try body(entry.value)
            return true
        }
    }

    func forEachRecord(
        after start: LSN, _ body: (LSN, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError) {
        try forEach(.log, from: start.successor.value) { (entry) throws(LogError) in
            try body(LSN(entry.integerKey), entry.value)
        }
    }

    func withReader(
        _ body: ((LSN) throws(LogError) -> UnsafeRawBufferPointer?) throws(LogError) -> Void
    ) throws(LogError) {
        let log = environment.handle(of: .log)
        try reading { (transaction) throws(LogError) in
            try body { (lsn) throws(LogError) in
                try Self.read { () throws(LMDBError) in try transaction.get(log, lsn.value) }
            }
        }
    }

    private func value<Value>(
        _ key: [UInt8], _ body: (UnsafeRawBufferPointer) throws(LogError) -> Value
    ) throws(LogError) -> Value? {
        let meta = environment.handle(of: .meta)
        return try reading { (transaction) throws(LogError) in
            let found = try Self.read { () throws(LMDBError) in
                let result: Result<UnsafeRawBufferPointer?, LMDBError> = key.withUnsafeBytes { key in
                    Result { () throws(LMDBError) in try transaction.get(meta, key) }
                }
                return try result.get()
            }
            guard let found else { return nil }
            return try body(found)
        }
    }
}
