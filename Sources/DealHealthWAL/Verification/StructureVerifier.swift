import DealHealthCore
import DealHealthEngine

/// Walks every page that the newest meta page refers to, and finds out whether LMDB can follow them safely.
///
/// LMDB has no checksums and trusts its pages: a flipped page number is a crash, or a live page taken for a free one.
/// This checks, without trusting anything it reads: both meta pages and their order; each page's own number, kind and
/// bounds; each node's place; the order of keys within and across pages; that no page is referred to twice or both used and
/// free; and that each tree adds up to what its record says. Values are the business of their own checksums.
struct StructureVerifier: ~Copyable {
    /// What a verified file holds.
    struct Report: Sendable {
        var transactionID: UInt64 = 0
        var usedPages: UInt64 = 0
        var freePages: UInt64 = 0
        var databaseCount = 0
    }

    private let file: PageFile
    private let meta: MetaPage
    /// One bit a page: referred to already.
    private var seen: [UInt64]
    private var report = Report()

    /// Verifies the data file at `path`; throws `damaged` with what is wrong where. O(pages in use).
    static func verify(_ path: String) throws(LogError) -> Report {
        var verifier = try StructureVerifier(path)
        return try verifier.run()
    }

    private init(_ path: String) throws(LogError) {
        let file = try PageFile(path)
        let metas = [
            try MetaPage(try file.read(0), number: 0), try MetaPage(try file.read(1), number: 1),
        ]
        let ids = metas.map(\.transactionID)
        // Transaction t writes meta page t mod 2; a new environment has two of transaction 0.
        let newest = ids[0] < ids[1] ? 1 : 0
        let isOrdered = ids == [0, 0] || (ids[newest] == ids[1 - newest] + 1 && ids[newest] % 2 == UInt64(newest))
        guard isOrdered else {
            throw LogError(.damaged, "the meta pages are of transactions \(ids[0]) and \(ids[1]), which cannot be")
        }
        let meta = metas[newest]
        // The last page may be a free one that was never written, but not by more than a commit's worth.
        guard meta.lastPage >= 1, meta.lastPage < file.pageCount + UInt64(Limits.batchBytesMax) else {
            throw LogError(.damaged, "the last page is \(meta.lastPage), and the file has \(file.pageCount)")
        }
        self.file = file
        self.meta = meta
        seen = Array(repeating: 0, count: Int(meta.lastPage / 64) + 1)
        report.transactionID = meta.transactionID
    }

    private mutating func run() throws(LogError) -> Report {
        guard meta.freeList.flags == PageFormat.integerKey, meta.main.flags == 0 else {
            throw LogError(.damaged, "the meta page's databases have flags that this program never sets")
        }
        var freePages: [UInt64] = []
        try walk(meta.freeList, "free list") { (_, value, verifier) throws(LogError) in
            freePages.append(contentsOf: try Self.pageNumbers(value.bytes(verifier.file)))
        }
        var databases: [(name: String, record: DatabaseRecord)] = []
        try walk(meta.main, "main") { (key, value, verifier) throws(LogError) in
            guard value.flags & PageFormat.subData != 0, value.size == PageFormat.databaseBytes else {
                throw LogError(.damaged, "an entry of the main database is not a database")
            }
            let name = String(decoding: key, as: UTF8.self)
            let bytes = try value.bytes(verifier.file)
            databases.append((name, bytes.withUnsafeBytes { DatabaseRecord($0, at: 0) }))
        }
        report.databaseCount = databases.count
        for (name, record) in databases {
            guard let database = Environment.Database(rawValue: name), record.flags == UInt16(database.flags) else {
                throw LogError(.damaged, "database \(name) has an unknown name or flags")
            }
            try walk(record, name) { (_, _, _) throws(LogError) in }
        }
        for page in freePages {
            try mark(page, "the free list")
            report.freePages += 1
        }
        return report
    }

    /// Notes that `page` is referred to; nothing may be twice.
    private mutating func mark(_ page: UInt64, _ by: String) throws(LogError) {
        guard page >= 2, page <= meta.lastPage else {
            throw LogError(.damaged, "\(by) refers to page \(page), which does not exist")
        }
        let bit: UInt64 = 1 << (page % 64)
        guard seen[Int(page / 64)] & bit == 0 else {
            throw LogError(.damaged, "\(by) refers to page \(page), which something else refers to as well")
        }
        seen[Int(page / 64)] |= bit
    }

    /// The pages that one entry of the free list names: a count, then as many numbers.
    private static func pageNumbers(_ value: [UInt8]) throws(LogError) -> [UInt64] {
        let numbers: [UInt64]? = value.withUnsafeBytes { bytes in
            guard bytes.count >= 8 else { return nil }
            let count: UInt64 = bytes.native(0)
            guard count <= UInt64(bytes.count / 8 - 1) else { return nil }
            return (0..<Int(count)).map { bytes.native(8 + 8 * $0) }
        }
        guard let numbers else { throw LogError(.damaged, "an entry of the free list names more pages than it holds") }
        return numbers
    }

    // MARK: one tree

    /// The value of a leaf node: on the page, or on overflow pages.
    struct Value {
        var flags: UInt16
        var size: Int
        fileprivate var inline: [UInt8]
        fileprivate var overflowPage: UInt64?

        func bytes(_ file: borrowing PageFile) throws(LogError) -> [UInt8] {
            guard let overflowPage else { return inline }
            let pages = (size + PageFormat.headerBytes + PageFile.pageBytes - 1) / PageFile.pageBytes
            let run = try file.read(overflowPage, count: pages)
            return Array(run[PageFormat.headerBytes..<PageFormat.headerBytes + size])
        }
    }

    private typealias EntryVisitor = (
        _ key: [UInt8], _ value: Value, _ verifier: borrowing StructureVerifier
    ) throws(LogError) -> Void

    /// What a walk has counted and seen last.
    private struct Walk {
        var name: String
        var record: DatabaseRecord
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var overflowPages: UInt64 = 0
        var entries: UInt64 = 0
        /// No key from here on may be less than this; nor equal to it, when a key was.
        var bound: [UInt8]?
        var isBoundTaken = false
    }

    private mutating func walk(
        _ record: DatabaseRecord, _ name: String, _ visit: EntryVisitor
    ) throws(LogError) {
        var walk = Walk(name: name, record: record)
        if record.root == PageFormat.noRoot {
            guard record.entries == 0, record.depth == 0 else {
                throw LogError(.damaged, "database \(name) has entries but no root")
            }
            return
        }
        guard record.depth >= 1, record.depth <= PageFormat.depthMax else {
            throw LogError(.damaged, "database \(name) is \(record.depth) pages deep, which cannot be")
        }
        try visitPage(record.root, level: Int(record.depth), &walk, visit)
        guard walk.branchPages == record.branchPages, walk.leafPages == record.leafPages,
            walk.overflowPages == record.overflowPages, walk.entries == record.entries
        else {
            throw LogError(.damaged, "database \(name) does not add up: pages or entries are missing")
        }
    }

    private mutating func visitPage(
        _ number: UInt64, level: Int, _ walk: inout Walk, _ visit: EntryVisitor
    ) throws(LogError) {
        try mark(number, "database \(walk.name)")
        report.usedPages += 1
        let page = try file.read(number)
        let isLeaf = level == 1
        let offsets = try Self.nodeOffsets(page, number, isLeaf: isLeaf, walk.name)
        if isLeaf { walk.leafPages += 1 } else { walk.branchPages += 1 }
        for (index, offset) in offsets.enumerated() {
            let node = try Self.node(page, at: offset, number, isLeaf: isLeaf)
            // The first key of a branch page stands for "less than all": it may be empty.
            if isLeaf || index > 0 { try check(node.key, isLeaf: isLeaf, number, &walk) }
            if isLeaf {
                walk.entries += 1
                let value = try value(of: node, page, number, &walk)
                try visit(node.key, value, self)
            } else {
                try visitPage(node.child, level: level - 1, &walk, visit)
            }
        }
    }

    private struct Node {
        var flags: UInt16
        var key: [UInt8]
        /// Branch: the child page. Leaf: unused.
        var child: UInt64
        /// Leaf: the size of the value, and where its bytes on the page begin.
        var dataSize: Int
        var dataOffset: Int
    }

    private static func nodeOffsets(
        _ page: [UInt8], _ number: UInt64, isLeaf: Bool, _ name: String
    ) throws(LogError) -> [Int] {
        let offsets: [Int]? = page.withUnsafeBytes { bytes in
            let lower = Int(bytes.native(12, as: UInt16.self))
            let upper = Int(bytes.native(14, as: UInt16.self))
            guard bytes.native(0, as: UInt64.self) == number,
                bytes.native(10, as: UInt16.self) == (isLeaf ? PageFormat.leaf : PageFormat.branch),
                lower > PageFormat.headerBytes, lower % 2 == 0, lower <= upper, upper <= page.count
            else { return nil }
            let offsets = stride(from: PageFormat.headerBytes, to: lower, by: 2).map {
                Int(bytes.native($0, as: UInt16.self))
            }
            return offsets.allSatisfy { $0 >= upper && $0 + PageFormat.nodeHeaderBytes <= page.count } ? offsets : nil
        }
        guard let offsets else {
            throw LogError(.damaged, "page \(number) of database \(name) is not what it should be")
        }
        return offsets
    }

    private static func node(
        _ page: [UInt8], at offset: Int, _ number: UInt64, isLeaf: Bool
    ) throws(LogError) -> Node {
        let node: Node? = page.withUnsafeBytes { bytes in
            let low = UInt64(bytes.native(offset, as: UInt16.self))
            let high = UInt64(bytes.native(offset + 2, as: UInt16.self))
            let flags: UInt16 = bytes.native(offset + 4)
            let keySize = Int(bytes.native(offset + 6, as: UInt16.self))
            let dataOffset = offset + PageFormat.nodeHeaderBytes + keySize
            guard dataOffset <= page.count else { return nil }
            let key = Array(bytes[offset + PageFormat.nodeHeaderBytes..<dataOffset])
            if !isLeaf {
                return Node(
                    flags: 0, key: key, child: low | high << 16 | UInt64(flags) << 32, dataSize: 0, dataOffset: 0)
            }
            let size = Int(low | high << 16)
            let sizeOnPage = flags & PageFormat.bigData != 0 ? 8 : size
            guard dataOffset + sizeOnPage <= page.count else { return nil }
            return Node(flags: flags, key: key, child: 0, dataSize: size, dataOffset: dataOffset)
        }
        guard let node else { throw LogError(.damaged, "a node of page \(number) reaches past the page") }
        return node
    }

    private mutating func value(
        of node: Node, _ page: [UInt8], _ number: UInt64, _ walk: inout Walk
    ) throws(LogError) -> Value {
        switch node.flags {
        case 0, PageFormat.subData:
            let inline = Array(page[node.dataOffset..<node.dataOffset + node.dataSize])
            return Value(flags: node.flags, size: node.dataSize, inline: inline, overflowPage: nil)
        case PageFormat.bigData:
            let first: UInt64 = page.withUnsafeBytes { $0.native(node.dataOffset) }
            let needed = UInt64(
                (node.dataSize + PageFormat.headerBytes + PageFile.pageBytes - 1) / PageFile.pageBytes)
            let header = try file.read(first)
            let (isRun, count) = header.withUnsafeBytes { bytes in
                (
                    bytes.native(0, as: UInt64.self) == first
                        && bytes.native(10, as: UInt16.self) == PageFormat.overflow,
                    UInt64(bytes.native(12, as: UInt32.self))
                )
            }
            // A run may be longer than its value: LMDB writes a shorter one over it and keeps the rest.
            guard isRun, count >= needed, count <= meta.lastPage else {
                throw LogError(.damaged, "page \(first) is not the overflow run that it should be")
            }
            for index in 0..<count { try mark(first + index, "page \(number)") }
            // The last that the value needs must exist, too.
            _ = try file.read(first + needed - 1)
            walk.overflowPages += count
            report.usedPages += count
            return Value(flags: node.flags, size: node.dataSize, inline: [], overflowPage: first)
        default:
            throw LogError(.damaged, "a node of page \(number) has flags that this program never sets")
        }
    }

    /// Keys ascend over the whole tree, and each separator lies between what is left and right of it.
    private func check(_ key: [UInt8], isLeaf: Bool, _ number: UInt64, _ walk: inout Walk) throws(LogError) {
        let isInteger = walk.record.flags & PageFormat.integerKey != 0
        guard !isInteger || key.count == 8 else {
            throw LogError(.damaged, "a key of page \(number) is not an integer")
        }
        if let bound = walk.bound {
            let isAbove = isInteger ? Self.integer(bound) < Self.integer(key) : bound.lexicographicallyPrecedes(key)
            guard isAbove || (bound == key && !walk.isBoundTaken) else {
                throw LogError(.damaged, "the keys of page \(number) of database \(walk.name) are out of order")
            }
        }
        walk.bound = key
        walk.isBoundTaken = isLeaf
    }

    private static func integer(_ key: [UInt8]) -> UInt64 {
        key.withUnsafeBytes { $0.native(0) }
    }
}
