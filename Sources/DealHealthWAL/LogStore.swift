import DealHealthCore
import DealHealthEngine
import Foundation

/// The databases of one environment and what they mean; no policy.
final class LogStore: Sendable {
    let environment: Environment
    /// Held by each read transaction and while the map grows: the map may grow only while no transaction is open.
    private let mapGate = NSLock()

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

    /// Runs `write`, growing the map before it when little is left and again if it was too little.
    func withRoom<Result>(
        for commit: Commit, _ failpoints: Failpoints, _ write: () throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let written = (commit.batch?.bytes.count ?? 0) + (commit.checkpoint?.entries.count ?? 0)
        // Pages fill to half at worst, and a checkpoint entry may copy the page it lies in.
        let pagesCopied = (commit.checkpoint?.slots.count ?? 0) * 4_096 + (1 << 20)
        var (mapBytes, usedBytes) = try environment.size()
        while usedBytes + 2 * written + pagesCopied > mapBytes {
            try grow(&mapBytes, failpoints)
        }
        while true {
            do throws(LMDBError) {
                return try write()
            } catch  where error.isMapFull {
                try grow(&mapBytes, failpoints)
            }
        }
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
