import DealHealthCore
import DealHealthEngine
import Glibc

// The file `watermark`: two slots of 64 bytes, at 0 and at 2048, little-endian:
//
//   0  u32  checksum    CRC-32C of bytes [4, 40)
//   4  u32  version     1
//   8  u64  sequence    slot = sequence mod 2
//  16  u64  lsn         a record that was durable when this was written
//  24  u32  record checksum
//  28  u32  0
//  32  u64  lineage, low half
//
// The valid slot of the higher sequence counts.

/// A witness outside the LMDB environment of how far the log reached: against a tail that vanished whole.
///
/// LMDB picks the newer of two meta pages, so one flipped bit in it silently takes back a transaction. Written after every
/// commit, never synced by itself: after a crash of the process it is exact, after a power loss it is as old as the
/// kernel's write-back (30 seconds), and an old witness only sees less.
struct Watermark: Equatable {
    var lsn: LSN
    var checksum: UInt32

    static let fileName = "watermark"
    private static let slotBytes = 40
    private static let slotOffset = 2_048
    private static let version: UInt32 = 1

    /// The file, open for writing by the commit thread.
    struct File: ~Copyable {
        private let descriptor: Int32
        private let path: String
        private let lineage: UInt64
        private var sequence: UInt64

        /// Opens or creates the watermark of `directory`, at full size, so that a later write needs no room.
        init(directory: String, lineage: UInt64) throws(LogError) {
            let path = "\(directory)/\(Watermark.fileName)"
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .systemCall("open", path) }
            let failure = posix_fallocate(descriptor, 0, 4_096)
            if failure != 0 {
                close(descriptor)
                errno = failure
                throw .systemCall("fallocate", path)
            }
            self.path = path
            self.lineage = lineage
            self.descriptor = descriptor
            sequence = Watermark.read(descriptor)?.sequence ?? 0
        }

        deinit {
            fdatasync(descriptor)
            close(descriptor)
        }

        mutating func write(_ watermark: Watermark) throws(LogError) {
            sequence += 1
            var bytes: [UInt8] = []
            func append<T: FixedWidthInteger>(_ value: T) {
                withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
            }
            append(Watermark.version)
            append(sequence)
            append(watermark.lsn.value)
            append(watermark.checksum)
            append(UInt32(0))
            append(lineage)
            let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
            withUnsafeBytes(of: checksum.littleEndian) { bytes.insert(contentsOf: $0, at: 0) }
            let offset = Int(sequence % 2) * Watermark.slotOffset
            guard pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
                throw .systemCall("pwrite", path)
            }
        }
    }

    /// The watermark of `directory`, with the lineage that it is of; nil when there is none, or none that is whole.
    static func read(directory: String) throws(LogError) -> (watermark: Watermark, lineage: UInt64)? {
        let path = "\(directory)/\(fileName)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw .systemCall("open", path) }
        defer { close(descriptor) }
        return read(descriptor).map { ($0.watermark, $0.lineage) }
    }

    private typealias Slot = (watermark: Watermark, sequence: UInt64, lineage: UInt64)

    private static func read(_ descriptor: Int32) -> Slot? {
        var newest: Slot?
        for slot in 0..<2 {
            var bytes = [UInt8](repeating: 0, count: slotBytes)
            guard pread(descriptor, &bytes, slotBytes, slot * slotOffset) == slotBytes else { continue }
            bytes.withUnsafeBytes { bytes in
                func load<T: FixedWidthInteger>(_ offset: Int) -> T {
                    T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
                }
                guard CRC32C.checksum(bytes.slice(4, slotBytes - 4)) == load(0), load(4) == version else { return }
                let sequence: UInt64 = load(8)
                if sequence > newest?.sequence ?? 0 {
                    newest = (Watermark(lsn: LSN(load(16)), checksum: load(24)), sequence, load(32))
                }
            }
        }
        return newest
    }
}
