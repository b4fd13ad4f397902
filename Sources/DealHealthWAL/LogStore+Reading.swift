import CLMDB
import DealHealthCore
import DealHealthEngine

extension LogStore {
    /// The identity of the log; nil when the environment is new.
    func identity() throws(LogError) -> LogIdentity? {
        try meta(LogKeys.identity, "the log's identity") { (payload) throws(LogError) in try LogIdentity(payload) }
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
        guard bounds.last >= witness.lsn else {
            throw .damaged("the log ends at LSN \(bounds.last), and LSN \(witness.lsn) was durable: its tail is gone")
        }
        guard witness.lsn > bounds.truncated else { return }
        try withReader { (read) throws(LogError) in
            guard let bytes = try read(witness.lsn), (try? StoredRecord(bytes))?.checksum == witness.checksum else {
                throw .damaged("the record at LSN \(witness.lsn) is not the one that was durable")
            }
        }
    }

    /// All settings since the first record, which holds some. Throws `damaged` also for a key of `meta` that nobody wrote.
    func settingsHistory() throws(LogError) -> [(lsn: LSN, change: ScoringChange)] {
        var history: [(lsn: LSN, change: ScoringChange)] = []
        try forEach(.meta) { (entry) throws(LogError) in
            guard LogKeys.isKnown(entry.key) else { throw .damaged("the log's meta data hold an unknown key") }
            guard let lsn = LogKeys.settingsLSN(entry.key) else { return true }
            let payload = try LogKeys.opened(entry.value, under: entry.key, "the settings of LSN \(lsn)")
            do throws(CodecError) {
                history.append((lsn, try ScoringChange(payload)))
            } catch {
                throw .damaged(error.reason)
            }
            return true
        }
        let isNew = try bounds().last == .zero
        guard isNew || history.first?.lsn == LSN(1) else { throw .damaged("the scoring settings of LSN 1 are missing") }
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
        let what = "the checkpoint of partition \(partition.index)"
        let found = try meta(LogKeys.partition(partition), what) { (payload) throws(LogError) in
            do throws(CodecError) {
                return try PartitionCheckpoint(payload)
            } catch {
                throw .damaged(error.reason)
            }
        }
        return found ?? .empty
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
            let minute = LogKeys.rememberedMinute(entry.key)
            guard RememberedEventChunk.firstMinute(entry.value) == minute else {
                throw .damaged("remembered event ids of minute \(minute) are of another")
            }
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

    /// The value of `meta` under `key`, verified; nil when there is none.
    private func meta<Value>(
        _ key: [UInt8], _ what: String, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Value
    ) throws(LogError) -> Value? {
        let meta = environment.handle(of: .meta)
        return try reading { (transaction) throws(LogError) in
            let result: Result<Value?, LogError> = key.withUnsafeBytes { key in
                Result { () throws(LogError) in
                    let found = try Self.read { () throws(LMDBError) in try transaction.get(meta, key) }
                    guard let found else { return nil }
                    return try body(try LogKeys.opened(found, under: key, what))
                }
            }
            return try result.get()
        }
    }
}
