import DealHealthCore

/// An open-addressed table of remembered events with linear probing, 24 bytes an entry.
///
/// Entries are never removed one by one: those received before `floor` count as free, and when the table is three quarters
/// full its live entries move to a fresh one, a few with each insertion, so that no call takes long.
struct IdentityTable: Sendable {
    /// The minute of an entry taken back. Not 0, which is free and ends probing; always before the floor.
    static let tombstoneMinute: UInt32 = 1

    private static let entriesMovedPerInsertion = 8
    private static let capacityMin = 16
    private static let free = RememberedEvent(identity: Hash128(low: 0, high: 0), content: 0, minute: 0)

    /// Power-of-two sized; an entry of minute 0 is free.
    private var current = Array(repeating: IdentityTable.free, count: IdentityTable.capacityMin)
    /// Entries of `current` ever filled: what probing has to walk over.
    private var occupied = 0
    /// The table being left, and how far it has been emptied.
    private var former: [RememberedEvent] = []
    private var hand = 0

    /// The live entry of an identity. O(1).
    func find(_ identity: Hash128, floor: UInt32) -> RememberedEvent? {
        if let index = Self.index(of: identity, in: current, floor) { return current[index] }
        return Self.index(of: identity, in: former, floor).map { former[$0] }
    }

    /// The minute in the place where an identity is looked up first: read to have it in the cache.
    func minute(at identity: Hash128) -> UInt32 {
        current[Int(truncatingIfNeeded: identity.low) & (current.count - 1)].minute
    }

    /// Adds an event that has no live entry.
    mutating func insert(_ event: RememberedEvent, floor: UInt32) {
        moveSomeEntries(floor)
        if (occupied + 1) * 4 > current.count * 3 { startMoving(floor) }
        place(event, floor)
    }

    /// Makes room for `count` more events at once, in an empty table.
    mutating func reserve(_ count: Int) {
        precondition(occupied == 0 && former.isEmpty, "a table with entries grows by moving them")
        current = Array(repeating: Self.free, count: Self.capacity(for: count))
    }

    /// Takes an entry back; returns its minute, nil when there is none.
    mutating func remove(_ identity: Hash128, floor: UInt32) -> UInt32? {
        guard let minute = find(identity, floor: floor)?.minute else { return nil }
        if let index = Self.index(of: identity, in: current, floor) { current[index].minute = Self.tombstoneMinute }
        if let index = Self.index(of: identity, in: former, floor) { former[index].minute = Self.tombstoneMinute }
        return minute
    }

    private static func index(of identity: Hash128, in table: [RememberedEvent], _ floor: UInt32) -> Int? {
        if table.isEmpty { return nil }
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: identity.low) & mask
        while table[index].minute != 0 {
            if table[index].identity == identity, table[index].minute >= floor { return index }
            index = (index + 1) & mask
        }
        return nil
    }

    private mutating func place(_ event: RememberedEvent, _ floor: UInt32) {
        let mask = current.count - 1
        var index = Int(truncatingIfNeeded: event.identity.low) & mask
        while current[index].minute >= floor { index = (index + 1) & mask }
        if current[index].minute == 0 { occupied += 1 }
        current[index] = event
    }

    /// Makes `current` the former table, and starts a fresh one.
    private mutating func startMoving(_ floor: UInt32) {
        precondition(former.isEmpty, "a table fills up only after the former one is emptied")
        former = current
        hand = 0
        let live = former.reduce(0) { $0 + ($1.minute >= floor ? 1 : 0) }
        // Room for what moves over, a quarter more, and every insertion until the former table is emptied.
        let needed = live + live / 4 + former.count / Self.entriesMovedPerInsertion
        current = Array(repeating: Self.free, count: Self.capacity(for: needed))
        occupied = 0
    }

    /// The capacity that `count` entries fill to three quarters at most.
    private static func capacity(for count: Int) -> Int {
        var capacity = capacityMin
        while capacity * 3 < (count + 1) * 4 { capacity *= 2 }
        return capacity
    }

    private mutating func moveSomeEntries(_ floor: UInt32) {
        if former.isEmpty { return }
        let end = min(hand + Self.entriesMovedPerInsertion, former.count)
        while hand < end {
            if former[hand].minute >= floor { place(former[hand], floor) }
            hand += 1
        }
        if hand == former.count { former = [] }
    }

    /// Live entries, each counted once; O(n), for tests.
    func liveCount(floor: UInt32) -> Int {
        precondition(occupied * 4 <= current.count * 3 + 4, "probing ends")
        var identities: Set<Hash128> = []
        for entry in current + former where entry.minute >= floor { identities.insert(entry.identity) }
        return identities.count
    }
}
