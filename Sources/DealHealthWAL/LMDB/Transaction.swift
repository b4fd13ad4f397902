import CLMDB
import Glibc

/// One LMDB transaction; undone when it is not committed.
///
/// The handle is taken out before `mdb_txn_commit`, which frees it on every path, successful or not.
struct Transaction: ~Copyable {
    private let handle: OpaquePointer

    init(_ environment: OpaquePointer, isReadOnly: Bool) throws(LMDBError) {
        var created: OpaquePointer?
        try LMDBError.check(
            mdb_txn_begin(environment, nil, isReadOnly ? UInt32(MDB_RDONLY) : 0, &created), "mdb_txn_begin")
        guard let created else { throw LMDBError(code: ENOMEM, call: "mdb_txn_begin") }
        handle = created
    }

    deinit {
        mdb_txn_abort(handle)
    }

    /// Makes everything durable: data pages, a sync, the meta page, synced.
    consuming func commit() throws(LMDBError) {
        let handle = self.handle
        discard self
        try LMDBError.check(mdb_txn_commit(handle), "mdb_txn_commit")
    }

    /// Opens a named database; the handle is good for the environment's life once the transaction is committed.
    func open(_ name: String, flags: UInt32) throws(LMDBError) -> MDB_dbi {
        var database: MDB_dbi = 0
        try LMDBError.check(mdb_dbi_open(handle, name, flags, &database), "mdb_dbi_open \(name)")
        return database
    }

    /// The value under `key`: borrowed from the map until the transaction ends or writes. Nil when there is none.
    func get(_ database: MDB_dbi, _ key: UnsafeRawBufferPointer) throws(LMDBError) -> UnsafeRawBufferPointer? {
        var key = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(handle, database, &key, &value)
        if code == MDB_NOTFOUND { return nil }
        try LMDBError.check(code, "mdb_get")
        return UnsafeRawBufferPointer(value)
    }

    func get(_ database: MDB_dbi, _ key: UInt64) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try Self.withKey(key) { (bytes) throws(LMDBError) in try get(database, bytes) }
    }

    func put(
        _ database: MDB_dbi, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, flags: UInt32 = 0
    ) throws(LMDBError) {
        var key = MDB_val(key)
        var value = MDB_val(value)
        try LMDBError.check(mdb_put(handle, database, &key, &value, flags), "mdb_put")
    }

    func put(
        _ database: MDB_dbi, _ key: UInt64, _ value: UnsafeRawBufferPointer, flags: UInt32 = 0
    ) throws(LMDBError) {
        try Self.withKey(key) { (bytes) throws(LMDBError) in try put(database, bytes, value, flags: flags) }
    }

    /// Removes every entry of a database.
    func removeAll(_ database: MDB_dbi) throws(LMDBError) {
        try LMDBError.check(mdb_drop(handle, database, 0), "mdb_drop")
    }

    /// Pages that a database takes, in bytes, and its entries.
    func size(of database: MDB_dbi) throws(LMDBError) -> (bytes: Int, entries: Int) {
        var stat = MDB_stat()
        try LMDBError.check(mdb_stat(handle, database, &stat), "mdb_stat")
        let pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages
        return (Int(stat.ms_psize) * pages, stat.ms_entries)
    }

    /// Runs `body` with a cursor over `database`.
    func withCursor<Result>(
        _ database: MDB_dbi, _ body: (borrowing Cursor) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let cursor = try Cursor(handle, database)
        return try body(cursor)
    }

    private static func withKey<Result>(
        _ key: UInt64, _ body: (UnsafeRawBufferPointer) throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        try withUnsafeBytes(of: key) { (bytes) throws(LMDBError) in try body(bytes) }
    }
}

extension MDB_val {
    /// Borrows `bytes` for one call; LMDB does not write through what it is given to read.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    init(_ value: MDB_val) {
        self.init(start: value.mv_data, count: value.mv_size)
    }
}
