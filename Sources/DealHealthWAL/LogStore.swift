import DealHealthCore
import DealHealthEngine
import Foundation
import Synchronization

/// The databases of one environment and what they mean; no policy.
final class LogStore: Sendable {
    let environment: Environment
    /// Held by each read transaction and while the map grows: the map may grow only while no transaction is open.
    private let mapGate = NSLock()
    /// Bytes of the file that are known to have room on the disk. Touched by the commit thread only.
    private let reservedBytes = Atomic<Int>(0)

    /// Opens the environment in `directory` with a map of at least `mapBytes`, and always room for what is there.
    init(directory: String, mapBytes: Int, isReadOnly: Bool) throws(LogError) {
        do throws(LMDBError) {
            environment = try Environment(directory: directory, mapBytes: mapBytes, isReadOnly: isReadOnly)
        } catch {
            throw LogError(
                .failed, "\(error). Check that DATA_DIR is a data directory of this program, readable and writable.")
        }
    }

    // MARK: room

    /// Runs `write` with room in the map and on the disk; both may have to grow.
    ///
    /// Throws ENOSPC when the disk has none, before anything is written: a write cut short half way looks to LMDB like
    /// a broken disk.
    func withRoom<Result>(
        for commit: Commit, _ failpoints: Failpoints, _ write: () throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        var (mapBytes, usedBytes) = try environment.size()
        let needed = Self.bytesNeeded(commit)
        while usedBytes + needed > mapBytes { try grow(&mapBytes, failpoints) }
        try reserve(usedBytes, needed)
        while true {
            do throws(LMDBError) {
                return try write()
            } catch  where error.isMapFull {
                try grow(&mapBytes, failpoints)
                try reserve(usedBytes, 2 * needed)
            }
        }
    }

    /// An upper bound of the bytes of new pages: records fill their pages to half at worst, an entry may copy the page
    /// it lies in, and each database the pages on the way to its changes.
    private static func bytesNeeded(_ commit: Commit) -> Int {
        let steps = commit.checkpoint.reduce(0) { sum, step in
            sum + 2 * step.bytes + (step.slots.count + step.remembered.count) * PageFile.pageBytes
        }
        let removals = commit.truncation != nil || commit.discardsCheckpoint ? Self.removalBytes : 0
        return 2 * (commit.batch?.bytes.count ?? 0) + steps + removals + Self.pathBytes
    }

    /// Pages on the way from four roots, and of the free list.
    private static let pathBytes = 32 * PageFile.pageBytes
    /// The free list's record of all that one truncation may free, and the leaves it copies.
    private static let removalBytes = 1 << 20
    /// What is reserved ahead when there is room, so that few commits have to ask.
    private static let reserveAheadBytes = 16 << 20

    private func reserve(_ usedBytes: Int, _ needed: Int) throws(LMDBError) {
        let reserved = reservedBytes.load(ordering: .relaxed)
        if usedBytes + needed <= reserved { return }
        // A killed backup would have the file grow until somebody opens it. No reason to fail a commit.
        try? environment.removeDeadReaders()
        let descriptor = try environment.dataDescriptor()
        for end in [usedBytes + needed + Self.reserveAheadBytes, usedBytes + needed] {
            var code = EINTR
            while code == EINTR { code = posix_fallocate(descriptor, off_t(usedBytes), off_t(end - usedBytes)) }
            let failure = LMDBError(code: code, call: "posix_fallocate")
            if code == 0 {
                reservedBytes.store(end, ordering: .relaxed)
                return
            }
            if !failure.isDiskFull { throw failure }
        }
        throw LMDBError(code: ENOSPC, call: "posix_fallocate")
    }

    private func grow(_ mapBytes: inout Int, _ failpoints: Failpoints) throws(LMDBError) {
        failpoints.hit(.beforeMapGrowth)
        let doubled = mapBytes * 2
        let result: Result<Void, LMDBError> = mapGate.withLock {
            Result { () throws(LMDBError) in try environment.setMapBytes(doubled) }
        }
        try result.get()
        mapBytes = doubled
    }

    /// Runs `body` in a read transaction, with failures as the engine understands them.
    func reading<Value>(
        _ body: (borrowing Transaction) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        let result: Result<Value, LogError> = mapGate.withLock {
            do throws(LMDBError) {
                return try environment.withReading { (transaction) throws(LMDBError) in
                    Result { () throws(LogError) in try body(transaction) }
                }
            } catch {
                return .failure(error.asReadFailure)
            }
        }
        return try result.get()
    }

    /// What the file holds now; the age of its readers is for the writer to know.
    func usage() throws(LogError) -> LogUsage {
        try reading { (transaction) throws(LogError) in
            try Self.read { () throws(LMDBError) in
                let fileBytes = try environment.size().usedBytes
                // Another process may write between the two.
                let freeBytes = max(0, fileBytes - (try environment.bytesInUse(transaction)))
                let recordBytes = try transaction.size(of: environment.handle(of: .log)).bytes
                return LogUsage(recordBytes: recordBytes, fileBytes: fileBytes, freeBytes: freeBytes)
            }
        }
    }

    /// Turns failures of LMDB inside a read into the engine's.
    static func read<Value>(_ body: () throws(LMDBError) -> Value) throws(LogError) -> Value {
        do throws(LMDBError) {
            return try body()
        } catch {
            throw error.asReadFailure
        }
    }

    /// Calls `body` with each entry of `database`, from the first or the first key not less than `start`, until it
    /// returns false.
    func forEach(
        _ database: Environment.Database, from start: UInt64? = nil,
        _ body: (Cursor.Entry) throws(LogError) -> Bool
    ) throws(LogError) {
        try reading { (transaction) throws(LogError) in
            let failure = try Self.read { () throws(LMDBError) in
                try transaction.withCursor(environment.handle(of: database)) {
                    (cursor) throws(LMDBError) -> LogError? in
                    var entry: Cursor.Entry?
                    if let start { entry = try cursor.seek(start) } else { entry = try cursor.first() }
                    while let current = entry {
                        do throws(LogError) {
                            if try !body(current) { return nil }
                        } catch {
                            return error
                        }
                        entry = try cursor.next()
                    }
                    return nil
                }
            }
            if let failure { throw failure }
        }
    }
}
