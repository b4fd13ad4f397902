import DealHealthCore
import DealHealthEngine

// The page format of LMDB 0.9 (`mdb.c`: MDB_page, MDB_node, MDB_meta, MDB_db), native byte order, 4,096-byte pages:
//
// page    0 u64 number   8 u16 pad  10 u16 flags  12 u16 lower  14 u16 upper (or u32 pages of an overflow run)
//        16 u16 offsets of the nodes
// node    0 u16 lo   2 u16 hi   4 u16 flags   6 u16 key size   8 key, then data
//         leaf: data size lo | hi << 16          branch: child page lo | hi << 16 | flags << 32
// db      0 u32 pad  4 u16 flags  6 u16 depth  8 u64 branch, 16 leaf, 24 overflow pages  32 u64 entries  40 u64 root
// meta   (at 16 of pages 0 and 1)
//         0 u32 magic  4 u32 version  8 u64 address  16 u64 map size  24 db free list  72 db main
//       120 u64 last page  128 u64 transaction id

/// Flags and sizes of the format.
enum PageFormat {
    static let branch: UInt16 = 0x01
    static let leaf: UInt16 = 0x02
    static let overflow: UInt16 = 0x04
    static let meta: UInt16 = 0x08
    static let headerBytes = 16
    static let nodeHeaderBytes = 8
    static let magic: UInt32 = 0xBEEF_C0DE
    static let version: UInt32 = 1
    static let noRoot = UInt64.max
    /// Node flags: the value is on overflow pages; the value is the record of a named database.
    static let bigData: UInt16 = 0x01
    static let subData: UInt16 = 0x02
    static let integerKey: UInt16 = 0x08
    static let databaseBytes = 48
    /// A tree of 4,096-byte pages deeper than this would hold more than any disk.
    static let depthMax = 16
}

/// The record of one database: its root and what its tree adds up to.
struct DatabaseRecord {
    var flags: UInt16
    var depth: UInt16
    var branchPages: UInt64
    var leafPages: UInt64
    var overflowPages: UInt64
    var entries: UInt64
    var root: UInt64

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        flags = bytes.native(offset + 4)
        depth = bytes.native(offset + 6)
        branchPages = bytes.native(offset + 8)
        leafPages = bytes.native(offset + 16)
        overflowPages = bytes.native(offset + 24)
        entries = bytes.native(offset + 32)
        root = bytes.native(offset + 40)
    }
}

/// One of the two meta pages.
struct MetaPage {
    var freeList: DatabaseRecord
    var main: DatabaseRecord
    var lastPage: UInt64
    var transactionID: UInt64

    /// Where its transaction's id stands in a meta page.
    static let transactionIDOffset = 16 + 128

    /// Reads meta page `number`; throws `damaged` when it is not one.
    init(_ page: [UInt8], number: UInt64) throws(LogError) {
        let meta: MetaPage? = page.withUnsafeBytes { bytes in
            guard bytes.native(0, as: UInt64.self) == number, bytes.native(10, as: UInt16.self) == PageFormat.meta,
                bytes.native(16, as: UInt32.self) == PageFormat.magic,
                bytes.native(20, as: UInt32.self) == PageFormat.version,
                bytes.native(16 + 24, as: UInt32.self) == UInt32(PageFile.pageBytes)
            else { return nil }
            return MetaPage(bytes)
        }
        guard let meta else { throw LogError(.damaged, "meta page \(number) is not a meta page of this format") }
        self = meta
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        freeList = DatabaseRecord(bytes, at: 16 + 24)
        main = DatabaseRecord(bytes, at: 16 + 72)
        lastPage = bytes.native(16 + 120)
        transactionID = bytes.native(Self.transactionIDOffset)
    }
}

extension UnsafeRawBufferPointer {
    /// A field in the machine's byte order, as LMDB writes it.
    func native<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        loadUnaligned(fromByteOffset: offset, as: T.self)
    }
}
