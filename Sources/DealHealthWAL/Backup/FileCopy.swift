import DealHealthEngine
import Foundation

/// A new file that a copy is written to, and synced.
struct FileCopy: ~Copyable {
    private let path: String
    private let place: String
    private let descriptor: Int32

    /// Creates the file at `path`, over what an unfinished copy left there.
    ///
    /// - Parameter place: what its directory is called in errors.
    init(creating path: String, in place: String) throws(LogError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", path, in: place) }
        self.path = path
        self.place = place
    }

    deinit {
        close(descriptor)
    }

    /// Has `write` fill the file on a thread of its own, reports its growth meanwhile, and syncs it.
    borrowing func fill(
        expecting total: UInt64, _ progress: (UInt64, UInt64) -> Void,
        _ write: @escaping @Sendable (Int32) throws(LMDBError) -> Void
    ) throws(LogError) {
        let descriptor = self.descriptor
        let result = Locked<Result<Void, LMDBError>>(.success(()))
        let isDone = DispatchSemaphore(value: 0)
        Thread {
            let outcome = Result { () throws(LMDBError) in try write(descriptor) }
            result.withLock { $0 = outcome }
            isDone.signal()
        }.start()
        while isDone.wait(timeout: .now() + .milliseconds(200)) == .timedOut {
            var status = stat()
            if fstat(descriptor, &status) == 0 { progress(min(UInt64(status.st_size), total), total) }
        }
        if case .failure(let error) = result.withLock({ $0 }) {
            throw LogError(
                error.isDiskFull ? .diskFull : .failed,
                "\(path) was not written: \(error). Check that \(place) is writable and has room.")
        }
        progress(total, total)
        try sync()
    }

    /// Copies the file at `source`, and syncs the copy.
    borrowing func fill(from source: String, _ progress: (UInt64, UInt64) -> Void) throws(LogError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .systemCall("open", source, in: "the backup") }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { throw .systemCall("stat", source, in: "the backup") }
        var done = 0
        while done < Int(status.st_size) {
            let count = sendfile(descriptor, input, nil, Self.pieceBytes)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .systemCall("sendfile", path, in: place) }
            done += count
            progress(UInt64(done), UInt64(status.st_size))
        }
        try sync()
    }

    private static let pieceBytes = 4 << 20

    private borrowing func sync() throws(LogError) {
        guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path, in: place) }
        // Read again from the disk, not from memory, when it is verified. Advice: a refusal harms nobody.
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }
}
