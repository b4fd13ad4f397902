import CLMDB
import DealHealthEngine
import Glibc

/// A return code of LMDB that is not success, and the call that gave it.
struct LMDBError: Error, Sendable, CustomStringConvertible {
    var code: Int32
    var call: String

    /// The one gate for return codes.
    static func check(_ code: Int32, _ call: @autoclosure () -> String) throws(LMDBError) {
        if code != MDB_SUCCESS { throw LMDBError(code: code, call: call()) }
    }

    var isNotFound: Bool {
        code == MDB_NOTFOUND
    }

    /// The transaction outgrew the map: grow it and try again.
    var isMapFull: Bool {
        code == MDB_MAP_FULL
    }

    /// No room on the disk, or none left for this user. The transaction is undone whole, and every page that a later
    /// one refers to it writes itself, so it may be tried again.
    var isDiskFull: Bool {
        code == ENOSPC || code == EDQUOT
    }

    var description: String {
        "\(call): \(String(cString: mdb_strerror(code)))"
    }

    /// As the engine understands a failed read.
    var asReadFailure: LogError {
        LogError(isNotFound ? .notFound : .damaged, description)
    }
}
