import CLMDB
import Glibc

/// A cursor over one database, for the life of its transaction.
struct Cursor: ~Copyable {
    /// A key and its value, borrowed from the map.
    struct Entry {
        var key: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer

        /// The key of a database of integer keys.
        var integerKey: UInt64 {
            key.count == 8 ? key.loadUnaligned(as: UInt64.self) : 0
        }
    }

    private let handle: OpaquePointer

    init(_ transaction: OpaquePointer, _ database: MDB_dbi) throws(LMDBError) {
        var created: OpaquePointer?
        try LMDBError.check(mdb_cursor_open(transaction, database, &created), "mdb_cursor_open")
        guard let created else { throw LMDBError(code: ENOMEM, call: "mdb_cursor_open") }
        handle = created
    }

    deinit {
        mdb_cursor_close(handle)
    }

    func first() throws(LMDBError) -> Entry? {
        try get(MDB_FIRST)
    }

    func last() throws(LMDBError) -> Entry? {
        try get(MDB_LAST)
    }

    func next() throws(LMDBError) -> Entry? {
        try get(MDB_NEXT)
    }

    /// The first entry whose key is not less than `key`.
    func seek(_ key: UInt64) throws(LMDBError) -> Entry? {
        try withUnsafeBytes(of: key) { (bytes) throws(LMDBError) in
            try get(MDB_SET_RANGE, MDB_val(bytes))
        }
    }

    private func get(_ operation: MDB_cursor_op, _ key: MDB_val = MDB_val()) throws(LMDBError) -> Entry? {
        var key = key
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &key, &value, operation)
        if code == MDB_NOTFOUND { return nil }
        try LMDBError.check(code, "mdb_cursor_get")
        return Entry(key: UnsafeRawBufferPointer(key), value: UnsafeRawBufferPointer(value))
    }

    /// Appends at the end; the key MUST be greater than every other.
    func append(_ key: UInt64, _ value: UnsafeRawBufferPointer) throws(LMDBError) {
        try withUnsafeBytes(of: key) { (bytes) throws(LMDBError) in
            var key = MDB_val(bytes)
            var value = MDB_val(value)
            try LMDBError.check(mdb_cursor_put(handle, &key, &value, UInt32(MDB_APPEND)), "mdb_cursor_put")
        }
    }

    /// Removes the entry that the cursor is at; `next` then gives the one after it.
    func remove() throws(LMDBError) {
        try LMDBError.check(mdb_cursor_del(handle, 0), "mdb_cursor_del")
    }
}
