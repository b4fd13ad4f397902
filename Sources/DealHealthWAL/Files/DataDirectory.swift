public import DealHealthEngine
import Glibc

/// The directory that holds one log, made and locked.
///
/// Two processes can write one LMDB environment without noticing; the exclusive `flock` on `LOCK` keeps the second out. The
/// kernel drops it when the process ends, however it ends.
public final class DataDirectory: Sendable {
    public let path: String
    private let lockDescriptor: Int32

    /// Makes the directory if it is missing, and locks it; throws at once when another process holds it.
    public init(_ path: String) throws(LogError) {
        self.path = path
        try Self.make(path)
        let lockPath = "\(path)/\(Self.lockName)"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", lockPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw LogError(
                .failed, "\(path) is in use by another process\(holder). Stop it, or set another DATA_DIR.")
        }
        let text = "\(getpid())\n"
        // For people only: who holds the lock. A failure to say so harms nobody.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
        lockDescriptor = descriptor
    }

    deinit {
        close(lockDescriptor)
    }

    static let dataName = "data.mdb"
    private static let lockName = "LOCK"

    var dataPath: String {
        "\(path)/\(Self.dataName)"
    }

    /// Whether there is a log in it already.
    var holdsLog: Bool {
        var status = stat()
        return stat(dataPath, &status) == 0 && status.st_size > 0
    }

    /// Removes a data file in which no transaction was ever committed, with no watermark beside it: what is left of a creation
    /// that was cut short. LMDB does not sync its first two meta pages before it writes on, so a power loss may tear them.
    func removeUnfinishedLog() throws(LogError) {
        var status = stat()
        guard stat("\(path)/\(Watermark.fileName)", &status) != 0, errno == ENOENT else { return }
        guard stat(dataPath, &status) == 0, status.st_size <= Self.unfinishedBytesMax else { return }
        var pages = try PageFile(dataPath)
        if try pages.holdsTransaction() { return }
        guard unlink(dataPath) == 0 else { throw .systemCall("unlink", dataPath) }
    }

    /// The meta pages and the page that the first transaction writes; the log's identity comes with the second.
    private static let unfinishedBytesMax = off_t(3 * PageFile.pageBytes)

    /// Makes the names of new files durable; LMDB leaves that to its user.
    func sync() throws(LogError) {
        try Self.sync(path)
    }

    /// Whether a process has the directory at `path`; writes nothing there, so that it may be read-only.
    static func isInUse(_ path: String) -> Bool {
        let descriptor = open("\(path)/\(lockName)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Makes the directory `path`, durably, if it is missing.
    static func make(_ path: String, in place: String = "DATA_DIR") throws(LogError) {
        if mkdir(path, 0o700) == 0 {
            try sync(parent(of: path), in: place)
        } else if errno != EEXIST {
            throw .systemCall("mkdir", path, in: place)
        }
    }

    private static func parent(of path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        while parts.last?.isEmpty ?? false { parts.removeLast() }
        parts.removeLast()
        let parent = parts.joined(separator: "/")
        return parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
    }

    /// Makes the names in the directory `path` durable.
    static func sync(_ path: String, in place: String = "DATA_DIR") throws(LogError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path, in: place) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path, in: place) }
    }

    private static func holder(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let pid = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).filter(\.isNumber)
        return pid.isEmpty ? "" : " (pid \(pid))"
    }
}
