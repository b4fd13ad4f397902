import CLMDB
import Glibc

/// An LMDB environment with its databases open.
///
/// Opened with LMDB's default sync flags: a commit returns after its data and then its meta page are on stable storage
/// (`lmdb.h`: "MDB_NOSYNC … a system crash can then corrupt the database or lose the last transactions"). Never
/// MDB_WRITEMAP: on a full disk it is a SIGBUS. MDB_NOTLS: "tie reader locktable slots to MDB_txn objects instead
/// of to threads", since a Swift task has no thread of its own.
///
/// @unchecked Sendable: `lmdb.h` allows an environment on any thread ("MDB_env … may be used from multiple threads");
/// transactions stay on the thread that began them, which `withReading` and `withWriting` guarantee.
final class Environment: @unchecked Sendable {
    /// The databases, a closed set; the raw value is the name in the file.
    enum Database: String, CaseIterable {
        /// Records by LSN.
        case log
        /// Deal entries by partition and slot.
        case state
        /// Remembered event ids by minute, partition and position.
        case remembered
        /// Identity, partition checkpoints, settings.
        case meta

        /// Keys of native 64-bit integers sort and compare fastest (`MDB_INTEGERKEY`).
        var flags: UInt32 {
            switch self {
            case .log, .state: UInt32(MDB_INTEGERKEY)
            case .remembered, .meta: 0
            }
        }
    }

    private let handle: OpaquePointer
    private var databases: [MDB_dbi] = []

    /// Opens the environment in `directory`; creates it unless `isReadOnly`.
    ///
    /// The caller holds the directory's lock or is read-only: an environment MUST NOT be opened twice in a process.
    init(directory: String, mapBytes: Int, isReadOnly: Bool) throws(LMDBError) {
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), "mdb_env_create")
        guard let created else { throw LMDBError(code: ENOMEM, call: "mdb_env_create") }
        handle = created
        // From here on `deinit` closes the handle, also when something throws.
        try LMDBError.check(mdb_env_set_mapsize(handle, mapBytes), "mdb_env_set_mapsize")
        try LMDBError.check(mdb_env_set_maxdbs(handle, MDB_dbi(Database.allCases.count)), "mdb_env_set_maxdbs")
        let flags = UInt32(MDB_NOTLS) | (isReadOnly ? UInt32(MDB_RDONLY) : 0)
        try LMDBError.check(mdb_env_open(handle, directory, flags, 0o600), "mdb_env_open \(directory)")
        try removeDeadReaders()
        databases = try Self.openDatabases(handle, isReadOnly: isReadOnly)
    }

    deinit {
        mdb_env_close(handle)
    }

    private static func openDatabases(_ handle: OpaquePointer, isReadOnly: Bool) throws(LMDBError) -> [MDB_dbi] {
        let transaction = try Transaction(handle, isReadOnly: isReadOnly)
        var databases: [MDB_dbi] = []
        for database in Database.allCases {
            let flags = database.flags | (isReadOnly ? 0 : UInt32(MDB_CREATE))
            databases.append(try transaction.open(database.rawValue, flags: flags))
        }
        try transaction.commit()
        return databases
    }

    /// Runs `body` in a read-only transaction: one consistent view, whatever is written meanwhile.
    ///
    /// Keep it short: pages that it sees cannot be reused, and the file grows.
    func withReading<Result>(
        _ body: (borrowing Transaction) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let transaction = try Transaction(handle, isReadOnly: true)
        return try body(transaction)
    }

    /// Runs `body` in the write transaction and commits it; whatever it throws undoes everything.
    ///
    /// MUST be called from one thread at a time ("a write Transaction may only be used by one thread").
    func withWriting<Result>(
        _ body: (borrowing Transaction) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let transaction = try Transaction(handle, isReadOnly: false)
        let result = try body(transaction)
        try transaction.commit()
        return result
    }

    /// Forgets readers whose process was killed: as long as they count, no page that they saw is reused.
    func removeDeadReaders() throws(LMDBError) {
        var dead: Int32 = 0
        try LMDBError.check(mdb_reader_check(handle, &dead), "mdb_reader_check")
    }

    /// The transaction that the oldest open reader of any process sees; nil when there is none.
    ///
    /// `mdb_reader_list` tells it only in text: a line of process, thread and transaction for each slot, "-" for one not in use.
    func oldestReader() throws(LMDBError) -> UInt? {
        var oldest: UInt?
        let code = withUnsafeMutablePointer(to: &oldest) { oldest in
            mdb_reader_list(
                handle,
                { text, context in
                    guard let text, let oldest = context?.assumingMemoryBound(to: UInt?.self) else { return 0 }
                    let fields = String(cString: text).split(whereSeparator: \.isWhitespace)
                    guard fields.count == 3, let transactionID = UInt(fields[2]) else { return 0 }
                    oldest.pointee = min(oldest.pointee ?? transactionID, transactionID)
                    return 0
                }, oldest)
        }
        // It returns what the function given to it did, or an error.
        try LMDBError.check(min(code, 0), "mdb_reader_list")
        return oldest
    }

    /// Bytes of the pages that `transaction` sees in use: LMDB's two first, its free list, the list of databases, and they.
    func bytesInUse(_ transaction: borrowing Transaction) throws(LMDBError) -> Int {
        var bytes = 2 * Self.pageSize(handle)
        // lmdb.h does not name the first two; `mdb_stat.c` and `mdb_drop` know them by number.
        for database in [0, 1] + databases { bytes += try transaction.size(of: database).bytes }
        return bytes
    }

    func handle(of database: Database) -> MDB_dbi {
        databases[Database.allCases.firstIndex(of: database) ?? 0]
    }

    /// Writes the pages in use to `descriptor`, renumbered without gaps: one consistent view, beside a writer.
    ///
    /// As long as it takes, no page that it sees can be reused ("it employs a read-only transaction", `lmdb.h`).
    func copyCompacted(to descriptor: Int32) throws(LMDBError) {
        try LMDBError.check(mdb_env_copyfd2(handle, descriptor, UInt32(MDB_CP_COMPACT)), "mdb_env_copyfd2")
    }

    /// Changes the size of the map; no transaction may be open in this process.
    func setMapBytes(_ bytes: Int) throws(LMDBError) {
        try LMDBError.check(mdb_env_set_mapsize(handle, bytes), "mdb_env_set_mapsize")
    }

    /// The descriptor of the data file, for reserving room in it.
    func dataDescriptor() throws(LMDBError) -> Int32 {
        var descriptor: Int32 = -1
        try LMDBError.check(mdb_env_get_fd(handle, &descriptor), "mdb_env_get_fd")
        return descriptor
    }

    /// Bytes of the map, and those of it in use: all pages up to the last one, free ones included.
    func size() throws(LMDBError) -> (mapBytes: Int, usedBytes: Int) {
        var info = MDB_envinfo()
        try LMDBError.check(mdb_env_info(handle, &info), "mdb_env_info")
        return (info.me_mapsize, (info.me_last_pgno + 1) * Self.pageSize(handle))
    }

    private static func pageSize(_ handle: OpaquePointer) -> Int {
        var stat = MDB_stat()
        return mdb_env_stat(handle, &stat) == MDB_SUCCESS ? Int(stat.ms_psize) : 4_096
    }
}
