import DealHealthEngine
import Glibc

extension LogError {
    /// What the operator does about damage.
    static let advice = "Restore DATA_DIR from a backup; `dealhealth wal verify` lists all damage."

    /// Damage, with what to do about it.
    static func damaged(_ what: String) -> LogError {
        LogError(.damaged, "\(what). \(advice)")
    }

    /// A failed system call on a file of `place`, with what to do about it.
    static func systemCall(_ call: String, _ path: String, in place: String = "DATA_DIR") -> LogError {
        let reason = String(cString: strerror(errno))
        return LogError(
            errno == ENOSPC || errno == EDQUOT ? .diskFull : .failed,
            "\(call) \(path): \(reason). Check that \(place) exists, is writable and has room.")
    }
}
