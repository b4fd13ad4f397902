public import DealHealthCore
public import DealHealthEngine

/// Reads a log that another process may be writing: for inspection, not for serving.
public struct LogReader: Sendable {
    private let store: LogStore
    public let identity: LogIdentity

    /// Opens the log in `directory` read-only; throws `damaged` when it holds none.
    public init(directory: String) throws(LogError) {
        store = try LogStore(directory: directory, mapBytes: Limits.mapBytesReading, isReadOnly: true)
        guard let identity = try store.identity() else {
            throw LogError(.damaged, "\(directory) holds no log")
        }
        self.identity = identity
    }

    public func bounds() throws(LogError) -> LogBounds {
        try store.bounds()
    }

    /// The settings records, oldest first.
    public func settingsHistory() throws(LogError) -> [(lsn: LSN, change: ScoringChange)] {
        try store.settingsHistory()
    }

    /// The position that the checkpoint of every partition reaches, and the deals in it.
    public func checkpoint() throws(LogError) -> (position: LSN, deals: UInt64) {
        var positions: [LSN] = []
        var deals: UInt64 = 0
        for index in 0..<Partition.count {
            let checkpoint = try store.partitionCheckpoint(Partition(index: index))
            positions.append(checkpoint.position)
            deals += checkpoint.dealCount
        }
        return (positions.min() ?? .zero, deals)
    }

    /// What the file holds.
    public func usage() throws(LogError) -> LogUsage {
        try store.usage()
    }

    /// Entries and bytes of pages of each database, by name.
    public func sizes() throws(LogError) -> [(name: String, entries: Int, bytes: Int)] {
        let environment = store.environment
        return try store.reading { (transaction) throws(LogError) in
            try LogStore.read { () throws(LMDBError) in
                var sizes: [(name: String, entries: Int, bytes: Int)] = []
                for database in Environment.Database.allCases {
                    let size = try transaction.size(of: environment.handle(of: database))
                    sizes.append((database.rawValue, size.entries, size.bytes))
                }
                return sizes
            }
        }
    }

    /// Calls `body` with the verified records after `start`, in order, until it returns false.
    public func forEachRecord(
        after start: LSN, _ body: (StoredRecord, UnsafeRawBufferPointer) throws(LogError) -> Bool
    ) throws(LogError) {
        let truncated = try bounds().truncated
        var chain = RecordChain(after: max(start, truncated), truncated: truncated)
        var isOver = start.value == .max
        while !isOver {
            // A few at a time: a long transaction would keep the writer from using pages again.
            var count = 0
            isOver = true
            try store.forEachRecord(after: chain.last) { (lsn, bytes) throws(LogError) in
                if count == Self.recordsPerTransaction {
                    isOver = false
                    return false
                }
                count += 1
                return try body(try chain.verify(lsn, bytes), bytes)
            }
        }
    }

    /// Copies the log as it is now to the new file `descriptor`, compacted; O(pages in use).
    func copyCompacted(to descriptor: Int32) throws(LMDBError) {
        try store.environment.copyCompacted(to: descriptor)
    }

    private static let recordsPerTransaction = 1_000
}
