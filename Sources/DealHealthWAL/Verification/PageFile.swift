import DealHealthEngine
import Glibc

/// The data file of an environment, read page by page with `pread`: a short or failing read is an error here,
/// where through the map it would be a signal.
struct PageFile: ~Copyable {
    static let pageBytes = 4_096

    private let descriptor: Int32
    let path: String
    /// Whole pages in the file.
    let pageCount: UInt64

    init(_ path: String) throws(LogError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw .systemCall("stat", path)
        }
        self.path = path
        self.descriptor = descriptor
        pageCount = UInt64(status.st_size) / UInt64(Self.pageBytes)
    }

    deinit {
        close(descriptor)
    }

    /// Whether a meta page that is there names a transaction, whatever else is in it: those of a new file name none.
    func holdsTransaction() throws(LogError) -> Bool {
        for number in 0..<min(2, pageCount) {
            let page = try read(number)
            if page.withUnsafeBytes({ $0.native(MetaPage.transactionIDOffset, as: UInt64.self) }) != 0 { return true }
        }
        return false
    }

    /// Reads `count` pages from page `number` on.
    func read(_ number: UInt64, count: Int = 1) throws(LogError) -> [UInt8] {
        guard number < pageCount, UInt64(count) <= pageCount - number else {
            throw LogError(.damaged, "page \(number) lies past the end of the file: it was cut short")
        }
        var bytes = [UInt8](repeating: 0, count: count * Self.pageBytes)
        var done = 0
        while done < bytes.count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress! + done, buffer.count - done,
                    off_t(number) * off_t(Self.pageBytes) + off_t(done))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw .systemCall("pread", path) }
            done += result
        }
        return bytes
    }
}
