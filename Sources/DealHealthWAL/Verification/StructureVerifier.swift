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

    private var file: PageFile
    /// A page for each level of a tree: that of the branch being walked.
    private let branches = PageMemory(pages: PageFormat.depthMax + 1)
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

    /// The value of a leaf node: on the page, which is good while it is visited, or on overflow pages.
    struct Value {
        var flags: UInt16
        var size: Int
        fileprivate var inline: UnsafeRawBufferPointer
        fileprivate var overflowPage: UInt64?

        func bytes(_ file: borrowing PageFile) throws(LogError) -> [UInt8] {
            guard let overflowPage else { return Array(inline) }
            let pages = (size + PageFormat.headerBytes + PageFile.pageBytes - 1) / PageFile.pageBytes
            let run = try file.read(overflowPage, count: pages)
            return Array(run[PageFormat.headerBytes..<PageFormat.headerBytes + size])
        }
    }

    private typealias EntryVisitor = (
        _ key: UnsafeRawBufferPointer, _ value: Value, _ verifier: borrowing StructureVerifier
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
        /// The same of a database of integer keys.
        var integerBound: UInt64?
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
        let isLeaf = level == 1
        let page = isLeaf ? try file.page(number) : try branch(number, level: level)
        let nodes = try Self.nodeCount(page, number, isLeaf: isLeaf, walk.name)
        if isLeaf { walk.leafPages += 1 } else { walk.branchPages += 1 }
        for index in 0..<nodes {
            let node = try Self.node(page, index, number, isLeaf: isLeaf)
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

    /// A branch page, good until the next one of the same level.
    private mutating func branch(_ number: UInt64, level: Int) throws(LogError) -> UnsafeRawBufferPointer {
        let copy = branches[level..<level + 1]
        copy.copyMemory(from: try file.page(number))
        return UnsafeRawBufferPointer(copy)
    }

    private struct Node {
        var flags: UInt16
        var key: UnsafeRawBufferPointer
        /// Branch: the child page. Leaf: unused.
        var child: UInt64
        /// Leaf: the size of the value, and where its bytes on the page begin.
        var dataSize: Int
        var dataOffset: Int
    }

    /// Checks the page's header, and that every node begins on it; returns how many there are.
    private static func nodeCount(
        _ page: UnsafeRawBufferPointer, _ number: UInt64, isLeaf: Bool, _ name: String
    ) throws(LogError) -> Int {
        let lower = Int(page.native(12, as: UInt16.self))
        let upper = Int(page.native(14, as: UInt16.self))
        var isWhole =
            page.native(0, as: UInt64.self) == number
            && page.native(10, as: UInt16.self) == (isLeaf ? PageFormat.leaf : PageFormat.branch)
            && lower > PageFormat.headerBytes && lower % 2 == 0 && lower <= upper && upper <= page.count
        let count = isWhole ? (lower - PageFormat.headerBytes) / 2 : 0
        for index in 0..<count {
            let offset = nodeOffset(page, index)
            isWhole = isWhole && offset >= upper && offset + PageFormat.nodeHeaderBytes <= page.count
        }
        guard isWhole else {
            throw LogError(.damaged, "page \(number) of database \(name) is not what it should be")
        }
        return count
    }

    private static func nodeOffset(_ page: UnsafeRawBufferPointer, _ index: Int) -> Int {
        Int(page.native(PageFormat.headerBytes + 2 * index, as: UInt16.self))
    }

    private static func node(
        _ page: UnsafeRawBufferPointer, _ index: Int, _ number: UInt64, isLeaf: Bool
    ) throws(LogError) -> Node {
        let offset = nodeOffset(page, index)
        let low = UInt64(page.native(offset, as: UInt16.self))
        let high = UInt64(page.native(offset + 2, as: UInt16.self))
        let flags: UInt16 = page.native(offset + 4)
        let keyOffset = offset + PageFormat.nodeHeaderBytes
        let dataOffset = keyOffset + Int(page.native(offset + 6, as: UInt16.self))
        let size = isLeaf ? Int(low | high << 16) : 0
        // Of a value on overflow pages, only their number is here.
        let sizeOnPage = isLeaf && flags & PageFormat.bigData != 0 ? 8 : size
        guard dataOffset + sizeOnPage <= page.count else {
            throw LogError(.damaged, "a node of page \(number) reaches past the page")
        }
        let key = UnsafeRawBufferPointer(rebasing: page[keyOffset..<dataOffset])
        if isLeaf { return Node(flags: flags, key: key, child: 0, dataSize: size, dataOffset: dataOffset) }
        return Node(flags: 0, key: key, child: low | high << 16 | UInt64(flags) << 32, dataSize: 0, dataOffset: 0)
    }

    private mutating func value(
        of node: Node, _ page: UnsafeRawBufferPointer, _ number: UInt64, _ walk: inout Walk
    ) throws(LogError) -> Value {
        switch node.flags {
        case 0, PageFormat.subData:
            let inline = UnsafeRawBufferPointer(rebasing: page[node.dataOffset..<node.dataOffset + node.dataSize])
            return Value(flags: node.flags, size: node.dataSize, inline: inline, overflowPage: nil)
        case PageFormat.bigData:
            let first: UInt64 = page.native(node.dataOffset)
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
            return Value(
                flags: node.flags, size: node.dataSize, inline: UnsafeRawBufferPointer(start: nil, count: 0),
                overflowPage: first)
        default:
            throw LogError(.damaged, "a node of page \(number) has flags that this program never sets")
        }
    }

    /// Keys ascend over the whole tree, and each separator lies between what is left and right of it.
    private func check(
        _ key: UnsafeRawBufferPointer, isLeaf: Bool, _ number: UInt64, _ walk: inout Walk
    ) throws(LogError) {
        let isInOrder: Bool
        if walk.record.flags & PageFormat.integerKey != 0 {
            guard key.count == 8 else {
                throw LogError(.damaged, "a key of page \(number) is not an integer")
            }
            let integer: UInt64 = key.native(0)
            isInOrder = walk.integerBound.map { $0 < integer || ($0 == integer && !walk.isBoundTaken) } ?? true
            walk.integerBound = integer
        } else {
            isInOrder =
                walk.bound.map {
                    $0.lexicographicallyPrecedes(key) || ($0.elementsEqual(key) && !walk.isBoundTaken)
                } ?? true
            walk.bound = Array(key)
        }
        guard isInOrder else {
            throw LogError(.damaged, "the keys of page \(number) of database \(walk.name) are out of order")
        }
        walk.isBoundTaken = isLeaf
    }
}
