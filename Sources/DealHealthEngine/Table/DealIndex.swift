import DealHealthCore
import Glibc
import Synchronization

/// An open-addressed index from a deal id's hash to its slot: 4 bytes an entry, readable on any thread beside one
/// writer.
///
/// An entry is `tag (10 bits of the hash) << 22 | slot + 1`, 0 when free. Linear probing; at most
/// three quarters full.
struct DealIndex {
    private typealias Entry = Atomic<UInt32>

    private static let slotBits: UInt32 = 22
    private static let pageBytes = 4_096

    /// All that a reader needs: where the entries begin, at a page, and in the bits below that the logarithm of their number.
    let word: UInt
    let capacity: Int
    private let entries: UnsafeMutablePointer<Entry>

    private static let capacityMin = 1_024

    /// An empty index with room for `count` slots.
    init(roomFor count: Int) {
        var capacity = Self.capacityMin
        while !Self.hasRoom(for: count, capacity) { capacity *= 2 }
        self.init(capacity: capacity)
    }

    /// An empty index; `capacity` MUST be a power of two.
    init(capacity: Int) {
        precondition(capacity & (capacity - 1) == 0, "capacity is a power of two")
        precondition(Limits.dealsPerPartitionMax < 1 << Self.slotBits, "slot + 1 fits its bits")
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Entry>.stride, alignment: Self.pageBytes)
        let entries = memory.bindMemory(to: Entry.self, capacity: capacity)
        for index in 0..<capacity { (entries + index).initialize(to: Entry(0)) }
        self.init(word: UInt(bitPattern: memory) | UInt(capacity.trailingZeroBitCount))
    }

    /// The index of a word taken from a living one.
    init(word: UInt) {
        let lowBits = UInt(Self.pageBytes - 1)
        guard let entries = UnsafeMutablePointer<Entry>(bitPattern: word & ~lowBits) else {
            preconditionFailure("an index has an address")
        }
        self.word = word
        self.entries = entries
        capacity = 1 << Int(word & lowBits)
    }

    /// Gives the memory back while readers may be in it: to them every entry is free from now on, so what they do not find they MUST
    /// look for in the index that took this one's place.
    ///
    /// `MADV_DONTNEED`: pages of zeros are there when next touched (madvise(2)).
    func discard() {
        let size = capacity * MemoryLayout<Entry>.stride
        // Whole pages only, where the system's are larger; when it refuses, the memory is kept, which does no harm.
        if size % Int(getpagesize()) == 0 { _ = madvise(entries, size, MADV_DONTNEED) }
    }

    func deallocate() {
        UnsafeMutableRawPointer(entries).deallocate()
    }

    /// Whether `count` slots leave a quarter free.
    func hasRoom(for count: Int) -> Bool {
        Self.hasRoom(for: count, capacity)
    }

    private static func hasRoom(for count: Int, _ capacity: Int) -> Bool {
        count * 4 <= capacity * 3
    }

    /// The slot of a deal with this hash that `isMatch` accepts. O(1).
    func find(_ hash: UInt64, _ isMatch: (Int) -> Bool) -> Int? {
        let tag = Self.tag(hash)
        var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while true {
            let entry = entries[index].load(ordering: .acquiring)
            if entry == 0 { return nil }
            if entry >> Self.slotBits == tag {
                let slot = Int(entry & (1 << Self.slotBits - 1)) - 1
                if isMatch(slot) { return slot }
            }
            index = (index + 1) & (capacity - 1)
        }
    }

    /// The entry that `find` looks at first.
    func firstEntry(_ hash: UInt64) -> UInt32 {
        entries[Int(truncatingIfNeeded: hash) & (capacity - 1)].load(ordering: .acquiring)
    }

    /// The slot of the first deal whose hash has the same tag, most likely of the very deal; `first` is `firstEntry(hash)`.
    func likelySlot(_ hash: UInt64, first: UInt32) -> Int? {
        if first == 0 { return nil }
        if first >> Self.slotBits == Self.tag(hash) { return Int(first & (1 << Self.slotBits - 1)) - 1 }
        return find(hash) { _ in true }
    }

    func insert(_ hash: UInt64, slot: Int) {
        var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while entries[index].load(ordering: .relaxed) != 0 { index = (index + 1) & (capacity - 1) }
        entries[index].store(Self.tag(hash) << Self.slotBits | UInt32(slot + 1), ordering: .releasing)
    }

    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 54)
    }
}
