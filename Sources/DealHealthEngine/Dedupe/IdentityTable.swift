import DealHealthCore

/// An open-addressed table of remembered events with linear probing, 24 bytes an entry, kept in the order of `identity.low`.
///
/// In order, a lookup ends at the first entry past the one looked for (Amble and Knuth, "Ordered hash tables", 1974): so the table can be
/// nearly full and an unknown identity is still told after three or four entries. And in order, copying the table is one pass
/// forward, so that it can grow often and by little.
///
/// Entries are never removed one by one: those received before `floor` keep their place in the order until another needs it.
struct IdentityTable: Sendable {
    /// The minute of an entry taken back. Not 0, which is free and ends probing; always before the floor.
    static let tombstoneMinute: UInt32 = 1

    private static let free = RememberedEvent(identity: Hash128(low: 0, high: 0), content: 0, minute: 0)

    /// An entry of minute 0 is free.
    ///
    /// *Invariant:* those that are not free are in ascending order of `identity.low`, none before its home, none after a free entry at
    /// or past its home; the last one is free, so that probing ends.
    private var entries: [RememberedEvent]
    /// Entries at which a probe can begin; those after them take what the last ones have no room for.
    private var homeCount: UInt32
    /// Entries that are not free. *Invariant:* at most 9/10 of `homeCount`.
    private var occupied: UInt32

    /// An empty table in which `count` events fit.
    init(count: Int = 0) {
        homeCount = UInt32(count + count / 9 + 2)
        entries = Array(repeating: Self.free, count: Int(homeCount) + Self.overflowCount(homeCount: Int(homeCount)))
        occupied = 0
    }

    /// Entries there is memory for.
    var capacity: Int { entries.count }

    /// The live entry of an identity. O(1).
    func find(_ identity: Hash128, floor: UInt32) -> RememberedEvent? {
        withIndex(of: identity, floor) { entries, index in entries[index] }
    }

    /// Reads the places where an identity is looked up first, to have them in the cache: more than a line of 64 bytes. Returns what
    /// makes the reading necessary.
    func touch(_ identity: Hash128) -> UInt32 {
        entries.withUnsafeBufferPointer { entries in
            let home = Self.home(identity, homeCount)
            return entries[home].minute | entries[home + 2].minute
        }
    }

    /// Adds an event that has no live entry; copies the table when it is full.
    mutating func insert(_ event: RememberedEvent, floor: UInt32) {
        if (occupied + 1) * 10 > homeCount * 9 { rebuild(floor: floor) }
        while !place(event, floor) {
            self = Self(live(floor: floor), overflowCountMin: (entries.count - Int(homeCount)) * 2)
        }
    }

    /// Takes an entry back; returns its minute, nil when there is none.
    mutating func remove(_ identity: Hash128, floor: UInt32) -> UInt32? {
        guard let index = withIndex(of: identity, floor, { $1 }) else { return nil }
        let minute = entries[index].minute
        entries[index].minute = Self.tombstoneMinute
        return minute
    }

    /// Makes the table as small as suits its live entries. O(capacity).
    mutating func rebuild(floor: UInt32) {
        self = Self(live(floor: floor))
    }

    /// Moves the live entries whose `identity.high` has `bit` to a table of their own. O(capacity).
    mutating func split(bit: UInt64, floor: UInt32) -> IdentityTable {
        let other = Self(kept { $0.minute >= floor && $0.identity.high & bit != 0 })
        self = Self(kept { $0.minute >= floor && $0.identity.high & bit == 0 })
        return other
    }

    /// The live entries, in order. O(capacity).
    func live(floor: UInt32) -> [RememberedEvent] {
        kept { $0.minute >= floor }
    }

    // MARK: places

    /// Where a probe begins: the identity's share of `homeCount` (Lemire's range reduction), ascending with `identity.low`.
    @inline(__always)
    private static func home(_ identity: Hash128, _ homeCount: UInt32) -> Int {
        Int(truncatingIfNeeded: identity.low.multipliedFullWidth(by: UInt64(homeCount)).high)
    }

    /// Entries after the homes, the free one at the end included: full as tables get, hardly one in a hundred needs more.
    private static func overflowCount(homeCount: Int) -> Int {
        2 + min(homeCount / 16, 16)
    }

    /// What `body` makes of an identity's live entry; nil when there is none.
    @inline(__always)
    private func withIndex<Result>(
        of identity: Hash128, _ floor: UInt32, _ body: (UnsafeBufferPointer<RememberedEvent>, Int) -> Result
    ) -> Result? {
        // Not by the array's own subscript, which reads its count: one more wait for memory.
        entries.withUnsafeBufferPointer { entries in
            var index = Self.home(identity, homeCount)
            while entries[index].minute != 0, entries[index].identity.low <= identity.low {
                if entries[index].identity == identity, entries[index].minute >= floor { return body(entries, index) }
                index += 1
            }
            return nil
        }
    }

    /// Puts the event in its place in the order, and moves those after it by one, to the next that is not live; false when there is none.
    private mutating func place(_ event: RememberedEvent, _ floor: UInt32) -> Bool {
        let home = Self.home(event.identity, homeCount)
        var isFree = false
        let isPlaced = entries.withUnsafeMutableBufferPointer { entries in
            var index = home
            while entries[index].minute != 0, entries[index].identity.low <= event.identity.low { index += 1 }
            var last = index
            while entries[last].minute >= floor { last += 1 }
            if last == entries.count - 1 { return false }
            isFree = entries[last].minute == 0
            let place = entries.baseAddress! + index
            (place + 1).update(from: place, count: last - index)
            place.pointee = event
            return true
        }
        if isFree { occupied += 1 }
        return isPlaced
    }

    // MARK: copying

    /// A table that `live` entries, in order, fill to seven ninths: a seventh more can come before it is nine tenths full.
    private init(_ live: [RememberedEvent], overflowCountMin: Int = 0) {
        let homes = live.count + live.count * 2 / 7 + 2
        var overflow = max(overflowCountMin, Self.overflowCount(homeCount: homes))
        (homeCount, occupied) = (UInt32(homes), UInt32(live.count))
        repeat {
            entries = Self.spread(live, homeCount: UInt32(homes), capacity: homes + overflow)
            overflow *= 2
        } while entries.isEmpty
    }

    /// The entries that satisfy `isKept`, in order. Each is written, kept or not: a branch would be foretold wrongly half the time.
    @inline(__always)
    private func kept(_ isKept: (RememberedEvent) -> Bool) -> [RememberedEvent] {
        Array(unsafeUninitializedCapacity: entries.count) { kept, count in
            for entry in entries {
                kept.initializeElement(at: count, to: entry)
                count += isKept(entry) ? 1 : 0
            }
        }
    }

    /// Each entry as near after its home as can be; empty when the last ones do not fit.
    private static func spread(_ live: [RememberedEvent], homeCount: UInt32, capacity: Int) -> [RememberedEvent] {
        Array(unsafeUninitializedCapacity: capacity) { entries, count in
            entries.initialize(repeating: free)
            var next = 0
            for entry in live {
                next = max(next, home(entry.identity, homeCount))
                if next >= capacity - 1 { return }
                entries[next] = entry
                next += 1
            }
            count = capacity
        }
    }

    /// Checks the order of the entries, their places and their number; O(n), for tests.
    func checkInvariants() {
        precondition(entries.last?.minute == 0, "probing ends")
        precondition(entries.count { $0.minute != 0 } == Int(occupied), "entries that are not free are counted")
        precondition(occupied * 10 <= homeCount * 9, "a table is never full")
        var (previous, lastFree) = (UInt64(0), -1)
        for (index, entry) in entries.enumerated() {
            if entry.minute == 0 {
                lastFree = index
                continue
            }
            let home = Self.home(entry.identity, homeCount)
            precondition(previous <= entry.identity.low, "entries are in order")
            precondition(home <= index, "no entry is before its home")
            precondition(lastFree < home, "no free entry is between an entry and its home")
            previous = entry.identity.low
        }
    }
}
