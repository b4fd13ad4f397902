public import DealHealthCore
public import DealHealthEngine
import Foundation

/// Makes the progress report of one step of work, which is named by a verb; it is told what is done, and of how much.
public typealias ProgressMaker = (_ verb: String) -> (_ done: UInt64, _ total: UInt64) -> Void

/// A folder that backups are added to, by one process at a time.
///
/// ## Crash safety
/// A backup gets its name after its files are synced and verified, in one rename; whatever ends the process before leaves
/// a `.partial`, which the next backup removes.
public struct BackupFolder: ~Copyable {
    /// What became of a call.
    public struct Outcome: Sendable {
        public var backup: Backup
        public var report: LogVerifier.Report
        /// False: it was there already.
        public var isNew: Bool
    }

    private static let place = "the backup folder"
    private let path: String
    private let descriptor: Int32

    /// Makes the folder if it is missing, and locks it; throws at once when another backup is being made into it.
    public init(_ path: String) throws(LogError) {
        guard !FileManager.default.fileExists(atPath: "\(path)/\(DataDirectory.dataName)") else {
            throw LogError(.failed, "\(path) is a data directory. Name a folder of its own for backups.")
        }
        try DataDirectory.make(path, in: Self.place)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path, in: Self.place) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LogError(.failed, "another backup into \(path) is under way. Wait for it, or name another folder.")
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Adds a backup of the log in `directory`, which a server may be writing, or finds one that ends where the log does.
    ///
    /// Everything acknowledged before the call is in it. Throws `diskFull` and `failed` as the system refuses, and
    /// `damaged` when what was read back is not whole; no backup is left then.
    public borrowing func add(
        logIn directory: String, at now: Timestamp, progress: ProgressMaker
    ) throws(LogError) -> Outcome {
        try removePartials()
        // In this order: the copy reaches every record that the witness has seen.
        let witness = try Watermark.read(directory: directory)
        let reader = try LogReader(directory: directory)
        if let existing = try existing(reader) {
            do throws(LogError) {
                let report = try LogVerifier.verifyWhole(directory: existing.path, progress: progress("verified"))
                return Outcome(backup: existing, report: report, isNew: false)
            } catch {
                throw LogError(
                    error.code,
                    "\(existing.path) is no longer whole: \(error.message). Move it away and run this again.")
            }
        }
        let partial = "\(path)/\(Backup.partialName(now))"
        do throws(LogError) {
            try copy(reader, to: partial, progress("copied"))
            let report = try LogVerifier.verifyWhole(directory: partial, progress: progress("verified"))
            let last = report.bounds.last
            if let witness, witness.lineage == reader.identity.lineage.low, last < witness.watermark.lsn {
                throw LogError(.damaged, "it ends at LSN \(last), and LSN \(witness.watermark.lsn) was durable")
            }
            let backup = Backup(folder: path, takenAt: now, last: last)
            try finish(partial, as: backup)
            return Outcome(backup: backup, report: report, isNew: true)
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            guard error.code == .damaged else { throw error }
            throw LogError(
                .damaged,
                "The copy of \(directory) is not whole, and was removed: \(error.message). Stop the server and run `dealhealth wal verify`."
            )
        }
    }

    /// The newest backup that ends with the very record that the log ends with.
    private borrowing func existing(_ reader: LogReader) throws(LogError) -> Backup? {
        let bounds = try reader.bounds()
        let end = Watermark(lsn: bounds.last, checksum: bounds.lastChecksum)
        // By the record's checksum, too: a restored log gives positions again to other events.
        for backup in try Backup.all(in: path).reversed() where backup.last == bounds.last {
            if let found = try Watermark.read(directory: backup.path), found.watermark == end,
                found.lineage == reader.identity.lineage.low
            {
                return backup
            }
        }
        return nil
    }

    /// Makes the directory `partial` with a synced copy of the log and the watermark of that copy.
    private borrowing func copy(
        _ reader: LogReader, to partial: String, _ progress: (UInt64, UInt64) -> Void
    ) throws(LogError) {
        try DataDirectory.make(partial, in: Self.place)
        let expected = try reader.sizes().reduce(0) { $0 + UInt64($1.bytes) }
        let file = try FileCopy(creating: "\(partial)/\(DataDirectory.dataName)", in: Self.place)
        try file.fill(expecting: expected, progress) { (descriptor) throws(LMDBError) in
            try reader.copyCompacted(to: descriptor)
        }
        let copied = try LogReader(directory: partial)
        let bounds = try copied.bounds()
        var watermark = try Watermark.File(directory: partial, lineage: copied.identity.lineage.low)
        try watermark.write(Watermark(lsn: bounds.last, checksum: bounds.lastChecksum))
    }

    private borrowing func finish(_ partial: String, as backup: Backup) throws(LogError) {
        // Made by reading; a backup is what does not change.
        unlink("\(partial)/lock.mdb")
        try DataDirectory.sync(partial, in: Self.place)
        guard rename(partial, backup.path) == 0 else { throw .systemCall("rename", partial, in: Self.place) }
        try DataDirectory.sync(path, in: Self.place)
    }

    private borrowing func removePartials() throws(LogError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where name.hasSuffix(Backup.partialSuffix) {
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        } catch {
            throw LogError(.failed, "what an unfinished backup left in \(path) cannot be removed: \(error)")
        }
    }
}
