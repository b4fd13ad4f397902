import DealHealthEngine
import Glibc

/// The data file of an environment, read page by page with `pread`: a short or failing read is an error here,
/// where through the map it would be a signal.
struct PageFile: ~Copyable {
    static let pageBytes = 4_096

    /// Pages read at once where they follow one another: a call for each costs more than the copying.
    private static let windowPages = 16

    private let descriptor: Int32
    let path: String
    /// Whole pages in the file.
    let pageCount: UInt64
    private let memory = PageMemory(pages: PageFile.windowPages)
    /// The pages that `memory` holds.
    private var window: Range<UInt64> = 0..<0

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
    mutating func holdsTransaction() throws(LogError) -> Bool {
        for number in 0..<min(2, pageCount) {
            if try page(number).native(MetaPage.transactionIDOffset, as: UInt64.self) != 0 { return true }
        }
        return false
    }

    /// Page `number`, good until the next call.
    mutating func page(_ number: UInt64) throws(LogError) -> UnsafeRawBufferPointer {
        if !window.contains(number) {
            // A little forward is forward: pages of other trees lie in between.
            let isForward = number >= window.upperBound && number - window.upperBound < 4
            let count = isForward ? min(UInt64(Self.windowPages), pageCount - min(number, pageCount)) : 1
            window = 0..<0
            try read(number, into: memory[0..<max(1, Int(count))])
            window = number..<number + max(1, count)
        }
        let index = Int(number - window.lowerBound)
        return UnsafeRawBufferPointer(memory[index..<index + 1])
    }

    /// Reads `count` pages from page `number` on.
    func read(_ number: UInt64, count: Int = 1) throws(LogError) -> [UInt8] {
        let pages = PageMemory(pages: count)
        try read(number, into: pages[0..<count])
        return Array(pages[0..<count])
    }

    private func read(_ number: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(LogError) {
        let count = UInt64(buffer.count / Self.pageBytes)
        guard number < pageCount, count <= pageCount - number else {
            throw LogError(.damaged, "page \(number) lies past the end of the file: it was cut short")
        }
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let result = pread(
                descriptor, rest.baseAddress, rest.count, off_t(number) * off_t(Self.pageBytes) + off_t(done))
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw .systemCall("pread", path) }
            done += result
        }
    }
}

/// Memory for pages, freed with its owner.
struct PageMemory: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(pages count: Int) {
        bytes = .allocate(byteCount: count * PageFile.pageBytes, alignment: 8)
    }

    deinit {
        bytes.deallocate()
    }

    /// The bytes of some of the pages.
    subscript(pages: Range<Int>) -> UnsafeMutableRawBufferPointer {
        let size = PageFile.pageBytes
        return UnsafeMutableRawBufferPointer(rebasing: bytes[pages.lowerBound * size..<pages.upperBound * size])
    }
}
