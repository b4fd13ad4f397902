public import DealHealthCore
public import DealHealthEngine

/// A log in memory that fails on demand: for tests of the engine, not a store.
///
/// What is committed survives as long as the value does: a second engine on it is a restart after a crash.
public final class InMemoryLog: EventLog {
    private struct State {
        var records: [[UInt8]] = []
        var truncated = LSN.zero
        var settings: [(lsn: LSN, change: ScoringChange)] = []
        var checkpoints: [PartitionCheckpoint] = Array(repeating: .empty, count: Partition.count)
        var entries: [[UInt32: [UInt8]]] = Array(repeating: [:], count: Partition.count)
        var remembered: [(minute: UInt32, chunk: [UInt8])] = []
        var commits = 0
        var fault: (@Sendable (Int) -> LogError?)?
        var latched: LogError?
    }

    public let identity: LogIdentity
    private let state = Locked(State())

    public init(seed: UInt64 = 1) {
        identity = LogIdentity(
            lineage: Hash128(low: seed, high: 0), hashKey: HashKey(k0: seed, k1: ~seed))
    }

    /// Asks `fault` before each commit (numbered from 1) whether it fails; it may also block, to be a slow disk.
    public func inject(_ fault: (@Sendable (Int) -> LogError?)?) {
        state.withLock { $0.fault = fault }
    }

    /// Forgets a latched failure and the fault: a new process on the same disk.
    public func heal() {
        state.withLock { state in
            state.fault = nil
            state.latched = nil
        }
    }

    /// Number of commits that were tried.
    public var commitCount: Int {
        state.withLock { $0.commits }
    }

    /// Records of events held.
    public var totalEvents: Int {
        state.withLock { state in
            state.records.count { record in
                let kind = try? record.withUnsafeBytes { try StoredRecord($0) }.header.kind
                if case .evidence? = kind { return true }
                return false
            }
        }
    }

    /// Changes stored bytes, as a bad disk would.
    public func damageRecord(at lsn: LSN, _ change: (inout [UInt8]) -> Void) {
        state.withLock { change(&$0.records[Int(lsn.value - $0.truncated.value) - 1]) }
    }

    /// Changes a stored checkpoint entry, as a bad disk would.
    public func damageEntry(of partition: Partition, slot: UInt32, _ change: (inout [UInt8]?) -> Void) {
        state.withLock { change(&$0.entries[partition.index][slot]) }
    }

    /// Drops the last records, as if they had never been written.
    public func dropRecords(after lsn: LSN) {
        state.withLock { $0.records.removeSubrange(Int(lsn.value - $0.truncated.value)...) }
    }

    public func commit(_ commit: Commit) throws(LogError) -> CommitOutcome {
        let (fault, number) = state.withLock { state in
            state.commits += 1
            return (state.fault, state.commits)
        }
        let injected = fault?(number)
        let result: Result<CommitOutcome, LogError> = state.withLock { state in
            if let latched = state.latched { return .failure(latched) }
            if let injected {
                if injected.code != .diskFull { state.latched = injected }
                return .failure(injected)
            }
            Self.apply(commit, to: &state)
            return .success(
                CommitOutcome(truncated: state.truncated, usage: commit.truncation.map { _ in Self.usage(state) }))
        }
        return try result.get()
    }

    private static func usage(_ state: State) -> LogUsage {
        let bytes = state.records.reduce(0) { $0 + $1.count }
        return LogUsage(recordBytes: bytes, fileBytes: bytes)
    }

    public func usage() throws(LogError) -> LogUsage {
        state.withLock { Self.usage($0) }
    }

    private static func apply(_ commit: Commit, to state: inout State) {
        if commit.discardsCheckpoint {
            state.checkpoints = Array(repeating: .empty, count: Partition.count)
            state.entries = Array(repeating: [:], count: Partition.count)
            state.remembered = []
        }
        commit.batch?.forEachRecord { lsn, bytes in
            precondition(lsn.value == state.truncated.value + UInt64(state.records.count) + 1, "no gap in the log")
            state.records.append(Array(bytes))
        }
        if let scoring = commit.scoring { state.settings.append(scoring) }
        for step in commit.checkpoint { apply(step, to: &state) }
        if let truncation = commit.truncation {
            while state.records.count > 1, let first = state.records.first,
                state.truncated.successor <= truncation.notPast,
                let record = try? first.withUnsafeBytes({ try StoredRecord($0) }),
                record.header.receivedAt < truncation.receivedBefore
            {
                state.records.removeFirst()
                state.truncated = state.truncated.successor
            }
            state.remembered.removeAll { $0.minute < truncation.forgetBefore }
        }
    }

    private static func apply(_ step: CheckpointStep, to state: inout State) {
        let index = step.partition.index
        var start = 0
        for (slot, end) in zip(step.slots, step.entryEnds) {
            state.entries[index][slot] = Array(step.entries[start..<end])
            start = end
        }
        state.remembered.append(contentsOf: step.remembered)
        let entries = state.entries[index]
        let old = state.checkpoints[index]
        state.checkpoints[index] = PartitionCheckpoint(
            position: step.completes?.position ?? old.position, lastLSN: step.completes?.lastLSN ?? old.lastLSN,
            dealCount: UInt64(entries.count),
            entrySum: entries.values.reduce(0) { $0 &+ UInt64($1.withUnsafeBytes { DealEntry.checksum(of: $0) }) })
    }

    public func bounds() throws(LogError) -> LogBounds {
        let (truncated, last, bytes) = state.withLock { state in
            (state.truncated, LSN(state.truncated.value + UInt64(state.records.count)), state.records.last)
        }
        guard let bytes else {
            return LogBounds(
                truncated: truncated, last: last, lastChecksum: 0, lastReceivedAt: Timestamp(microseconds: 0))
        }
        var chain = RecordChain(after: LSN(last.value - 1), truncated: last)
        let result: Result<StoredRecord, LogError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(LogError) in try chain.verify(last, bytes) }
        }
        let record = try result.get()
        return LogBounds(
            truncated: truncated, last: last, lastChecksum: record.checksum,
            lastReceivedAt: record.header.receivedAt)
    }

    public func settingsHistory() throws(LogError) -> [(lsn: LSN, change: ScoringChange)] {
        state.withLock { $0.settings }
    }

    public func partitionCheckpoint(_ partition: Partition) throws(LogError) -> PartitionCheckpoint {
        state.withLock { $0.checkpoints[partition.index] }
    }

    public func forEachEntry(
        of partition: Partition, _ body: (UInt32, UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        let entries = state.withLock { $0.entries[partition.index] }
        for (slot, bytes) in entries.sorted(by: { $0.key < $1.key }) {
            try Self.borrow(bytes) { (bytes) throws(LogError) in try body(slot, bytes) }
        }
    }

    public func forEachRememberedChunk(
        _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        for (_, chunk) in state.withLock({ $0.remembered }) { try Self.borrow(chunk, body) }
    }

    public func forEachRecord(
        after start: LSN, _ body: (LSN, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError) {
        let (truncated, records) = state.withLock { ($0.truncated, $0.records) }
        for (index, bytes) in records.enumerated() {
            let lsn = LSN(truncated.value + UInt64(index) + 1)
            if lsn <= start { continue }
            if try !Self.borrow(bytes, { (bytes) throws(LogError) in try body(lsn, bytes) }) { return }
        }
    }

    public func withReader(
        _ body: ((LSN) throws(LogError) -> UnsafeRawBufferPointer?) throws(LogError) -> Void
    ) throws(LogError) {
        let (truncated, records) = state.withLock { ($0.truncated, $0.records) }
        // What `read` hands out must live until `body` returns: copies, freed here.
        var copies: [UnsafeMutableRawBufferPointer] = []
        defer { for copy in copies { copy.deallocate() } }
        try body { lsn in
            guard lsn > truncated, lsn.value - truncated.value <= UInt64(records.count) else { return nil }
            let bytes = records[Int(lsn.value - truncated.value) - 1]
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
            copy.copyBytes(from: bytes)
            copies.append(copy)
            return UnsafeRawBufferPointer(copy)
        }
    }

    private static func borrow<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        let result: Result<Value, LogError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(LogError) in try body(bytes) }
        }
        return try result.get()
    }
}
