public import DealHealthCore
public import DealHealthEngine

/// The durable log: one LMDB environment in a locked directory, with its watermark beside it.
///
/// ## Crash safety, per operation
/// - *Append*: records become durable together with the checkpoint step and truncation of their commit, or not at all:
///   data pages are synced before the meta page that refers to them is written and synced.
/// - *First failed write or sync*: latched; every later commit fails (P6). LMDB itself would let the next one succeed.
/// - *Full disk*: the transaction leaves no trace, and the next may succeed.
/// - *Creation*: the directory is synced after the files are made, and before the watermark says that they are there. A data
///   file without a watermark and without a transaction is a creation that was cut short: made anew.
public final class LMDBLog: EventLog {
    /// What the commit thread knows between commits.
    private struct Writer: ~Copyable {
        var latched: LogError?
        var checkpoints: [PartitionCheckpoint]
        var watermark: Watermark.File
        var readerAge = ReaderAge()
    }

    public let identity: LogIdentity
    private let directory: DataDirectory
    private let store: LogStore
    private let writer: Locked<Writer>
    private let failpoints: Failpoints

    /// Opens the log in `directory`, or creates one with a fresh identity drawn by `generator`.
    ///
    /// Throws `failed` when the system refuses, `damaged` when what is there cannot be trusted.
    public init(
        directory: DataDirectory, options: LogOptions, using generator: inout some RandomNumberGenerator
    ) throws(LogError) {
        let path = directory.path
        self.directory = directory
        failpoints = options.failpoints
        let witness = try Watermark.read(directory: path)
        try directory.removeUnfinishedLog()
        if directory.holdsLog {
            try options.verify(path)
        } else if let witness {
            throw .damaged("a log in \(path) reached LSN \(witness.watermark.lsn), and its data.mdb is gone")
        }
        store = try LogStore(directory: path, mapBytes: options.mapBytes, isReadOnly: false)
        let bounds: LogBounds
        do throws(LogError) {
            bounds = try store.bounds()
        } catch {
            // The last record is damaged: said with what to do, as any other damage.
            throw error.code == .damaged ? .damaged(error.message) : error
        }
        if let existing = try store.identity() {
            identity = existing
        } else {
            // Only a creation that was cut short lacks it.
            guard witness == nil, bounds.last == .zero else { throw .damaged("the log in \(path) has no identity") }
            identity = LogIdentity(
                lineage: Hash128(low: generator.next(), high: generator.next()),
                hashKey: HashKey(k0: generator.next(), k1: generator.next()))
            try store.create(identity)
        }
        if let witness {
            guard witness.lineage == identity.lineage.low else {
                throw .damaged("data.mdb in \(path) is of another log than the file `watermark` beside it")
            }
            try store.check(witness.watermark)
        }
        var watermark = try Watermark.File(directory: path, lineage: identity.lineage.low)
        // Before it says anything: a watermark without the data file that it speaks of is refused.
        try directory.sync()
        try watermark.write(Watermark(lsn: bounds.last, checksum: bounds.lastChecksum))
        writer = Locked(
            Writer(latched: nil, checkpoints: try store.partitionCheckpoints(), watermark: watermark))
    }

    // MARK: writing

    public func commit(_ commit: Commit) throws(LogError) -> CommitOutcome {
        let result: Result<CommitOutcome, LogError> = writer.withLock { writer in
            if let latched = writer.latched { return .failure(latched) }
            do throws(LogError) {
                return .success(try self.commit(commit, &writer))
            } catch {
                if error.code != .diskFull { writer.latched = error }
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func commit(_ commit: Commit, _ writer: inout Writer) throws(LogError) -> CommitOutcome {
        var checkpoints = writer.checkpoints
        var outcome: CommitOutcome
        do throws(LMDBError) {
            outcome = try store.withRoom(for: commit, failpoints) { () throws(LMDBError) in
                checkpoints = writer.checkpoints
                return try self.write(commit, &checkpoints)
            }
        } catch {
            throw LogError(error.isDiskFull ? .diskFull : .failed, error.description)
        }
        writer.checkpoints = checkpoints
        if commit.truncation != nil { outcome.usage = try usage(&writer) }
        if let batch = commit.batch {
            failpoints.hit(.beforeWatermark)
            do throws(LogError) {
                try writer.watermark.write(Watermark(lsn: batch.lastLSN, checksum: batch.lastChecksum))
            } catch {
                // Never a full disk: the batch is durable, and may not be taken back.
                throw LogError(.failed, error.message)
            }
        }
        return outcome
    }

    private func write(
        _ commit: Commit, _ checkpoints: inout [PartitionCheckpoint]
    ) throws(LMDBError) -> CommitOutcome {
        try store.environment.withWriting { (transaction) throws(LMDBError) in
            if commit.discardsCheckpoint { checkpoints = try store.discardCheckpoint(in: transaction) }
            if let batch = commit.batch { try store.append(batch, in: transaction) }
            if let (lsn, change) = commit.scoring { try store.put(change, lsn, in: transaction) }
            for step in commit.checkpoint {
                let index = step.partition.index
                checkpoints[index] = try store.put(step, over: checkpoints[index], in: transaction)
            }
            var hasMoreToTruncate = false
            if let truncation = commit.truncation {
                hasMoreToTruncate = try store.truncate(truncation, appended: commit.batch?.count ?? 0, in: transaction)
                failpoints.hit(.insideTruncation)
            }
            let truncated = try store.truncated(in: transaction)
            failpoints.hit(.insideTransaction)
            return CommitOutcome(truncated: truncated, hasMoreToTruncate: hasMoreToTruncate)
        }
    }

    private func usage(_ writer: inout Writer) throws(LogError) -> LogUsage {
        var usage = try store.usage()
        let oldest = try LogStore.read { () throws(LMDBError) in try store.environment.oldestReader() }
        usage.readerAge = writer.readerAge.observe(oldest, at: .now)
        return usage
    }

    // MARK: reading

    public func usage() throws(LogError) -> LogUsage {
        let result: Result<LogUsage, LogError> = writer.withLock { writer in
            Result { () throws(LogError) in try usage(&writer) }
        }
        return try result.get()
    }

    public func bounds() throws(LogError) -> LogBounds {
        try store.bounds()
    }

    public func settingsHistory() throws(LogError) -> [(lsn: LSN, change: ScoringChange)] {
        try store.settingsHistory()
    }

    public func partitionCheckpoint(_ partition: Partition) throws(LogError) -> PartitionCheckpoint {
        try store.partitionCheckpoint(partition)
    }

    public func forEachEntry(
        of partition: Partition, _ body: (UInt32, UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        try store.forEachEntry(of: partition, body)
    }

    public func forEachRememberedChunk(
        _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void
    ) throws(LogError) {
        try store.forEachRememberedChunk(body)
    }

    public func forEachRecord(
        after start: LSN, _ body: (LSN, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError) {
        try store.forEachRecord(after: start, body)
    }

    public func withReader(
        _ body: ((LSN) throws(LogError) -> UnsafeRawBufferPointer?) throws(LogError) -> Void
    ) throws(LogError) {
        try store.withReader(body)
    }
}
