import DealHealthCore

/// The event ids that count no more (P2): an exact set with a window in time and a cap in number, at most 40 bytes an id.
///
/// Many small tables, whose number grows one by one with the number of ids by linear hashing (Litwin, 1980): no step copies more than
/// one of them. Deterministic: what is remembered depends on recorded times only.
struct RememberedEvents: Sendable {
    /// What is known of an identity.
    enum Lookup {
        case unknown
        /// The same event again.
        case same
        /// Another event under the same id.
        case other
    }

    /// Live entries a table on average, past which there is one table more. None has more than about twice as many: 60 KB.
    private static let entriesPerTable = 1_024
    /// Live entries a table on average, short of which there is one table less.
    private static let entriesPerTableMin = 128
    /// Insertions for each table that is made smaller, while there is more memory than the live entries need.
    private static let insertionsPerShrinking = 64

    /// *Invariant:* an entry is in the table that `table(of:)` its identity says.
    private var tables = [IdentityTable()]
    /// Entries that all tables have memory for.
    private var capacity = IdentityTable().capacity
    /// The table that is made smaller next, and the insertions since the last was.
    private var hand = 0
    private var insertionsSinceShrinking = 0
    /// Events that `reserve` made room for, less those forgotten since: room that is not too much yet.
    private var reserved = 0

    /// What `prefetch` has read: it is kept because reading what nobody has a use for is not done at all.
    private var touched: UInt32 = 0

    /// Live entries by minute, from `firstMinute` on. *Invariant:* `firstMinute` is not before `floor`, unless it is empty.
    private var countByMinute: [UInt32] = []
    private var firstMinute: UInt32 = 0
    private let window: UInt32
    private let countMax: Int

    /// Live entries.
    private(set) var count = 0
    /// Events received in a minute before this are forgotten. Moves forward only.
    private(set) var floor = IdentityTable.tombstoneMinute + 1
    /// The latest minute seen.
    private(set) var latest: UInt32 = 0

    /// Remembers for `window` (whole minutes), and never more than `countMax` events.
    init(window: Duration, countMax: Int = Limits.rememberedEventsMax) {
        self.window = UInt32(clamping: window.components.seconds / 60)
        self.countMax = countMax
        // All addresses at once, half a MiB: what is not used takes no memory, and the array of tables is never copied.
        tables.reserveCapacity(Limits.rememberedEventsMax / Self.entriesPerTable + 1)
    }

    /// Makes room for about `count` events at once, while there are none; more than `countMax` never stay.
    mutating func reserve(_ count: Int) {
        precondition(self.count == 0, "tables with entries grow by themselves")
        reserved = min(count, countMax)
        let tableCount = reserved / Self.entriesPerTable + 1
        let powerOfTwo = Self.powerOfTwo(notAbove: tableCount)
        tables.removeAll(keepingCapacity: true)
        for index in 0..<tableCount {
            let isSplit = index >= powerOfTwo || index + powerOfTwo < tableCount
            let share = reserved / (isSplit ? powerOfTwo * 2 : powerOfTwo)
            // An eighth more than its share hardly any table gets.
            tables.append(IdentityTable(count: share + share / 8))
        }
        capacity = tables.reduce(0) { $0 + $1.capacity }
    }

    /// How long events are to be remembered, in seconds.
    var windowSecondsMax: Int {
        Int(window) * 60
    }

    /// How long an event is remembered at present, in seconds: less than asked for when the cap shortens it.
    var windowSeconds: Int {
        latest < floor ? windowSecondsMax : min(Int(window), Int(latest) - Int(floor) + 1) * 60
    }

    /// Bytes that the set has allocated, but for some dozen bytes a table.
    var memoryBytes: Int {
        capacity * RememberedEvent.size + tables.count * MemoryLayout<IdentityTable>.stride
            + countByMinute.capacity * MemoryLayout<UInt32>.stride
    }

    func lookup(_ identity: Hash128, content: UInt32) -> Lookup {
        guard let entry = tables[table(of: identity)].find(identity, floor: floor) else { return .unknown }
        return entry.content == content ? .same : .other
    }

    /// Remembers `event`, which MUST be unknown. Bounded time.
    mutating func insert(_ event: RememberedEvent) {
        advance(to: event.minute)
        if event.minute < floor { return }
        if count >= countMax { forgetOldestMinute() }
        if count >= tables.count * Self.entriesPerTable { splitTable() } else { shrinkSomeTable() }
        changeTable(table(of: event.identity)) { $0.insert(event, floor: $1) }
        countByMinute[index(ofMinute: event.minute)] += 1
        count += 1
    }

    /// Takes back an insertion whose record did not become durable.
    mutating func remove(_ identity: Hash128) {
        guard let minute = tables[table(of: identity)].remove(identity, floor: floor) else { return }
        count -= 1
        countByMinute[index(ofMinute: minute)] -= 1
    }

    /// Loads the places where `identities` are looked up next, all at once: one after the other each would wait for memory.
    mutating func prefetch(_ identities: some Sequence<Hash128>) {
        for identity in identities { touched |= tables[table(of: identity)].touch(identity) }
    }

    // MARK: the window

    /// Moves the window's end to `minute`; never backwards.
    mutating func advance(to minute: UInt32) {
        guard minute > latest else { return }
        latest = minute
        if minute > window { setFloor(minute - window) }
    }

    private mutating func forgetOldestMinute() {
        if let oldest = countByMinute.firstIndex(where: { $0 != 0 }) { setFloor(firstMinute + UInt32(oldest) + 1) }
    }

    private mutating func setFloor(_ newFloor: UInt32) {
        guard newFloor > floor else { return }
        floor = newFloor
        guard newFloor > firstMinute else { return }
        let minutes = min(Int(newFloor - firstMinute), countByMinute.count)
        let forgotten = countByMinute[..<minutes].reduce(0) { $0 + Int($1) }
        countByMinute.removeFirst(minutes)
        firstMinute = newFloor
        count -= forgotten
        reserved = max(0, reserved - forgotten)
    }

    /// The index in `countByMinute` of a minute not before `floor`, which is made when there is none.
    private mutating func index(ofMinute minute: UInt32) -> Int {
        if countByMinute.isEmpty { firstMinute = minute }
        if minute < firstMinute {
            countByMinute.insert(contentsOf: repeatElement(0, count: Int(firstMinute - minute)), at: 0)
            firstMinute = minute
        }
        let index = Int(minute - firstMinute)
        if index >= countByMinute.count {
            countByMinute.append(contentsOf: repeatElement(0, count: index + 1 - countByMinute.count))
        }
        return index
    }

    // MARK: the tables

    /// By bits that a table does not use to place an entry: as many as tell `tables.count` apart, or one less where the table of the
    /// longer number is not there yet.
    private func table(of identity: Hash128) -> Int {
        let powerOfTwo = Self.powerOfTwo(notAbove: tables.count)
        let index = Int(truncatingIfNeeded: identity.high) & (powerOfTwo * 2 - 1)
        return index < tables.count ? index : index - powerOfTwo
    }

    private static func powerOfTwo(notAbove number: Int) -> Int {
        1 << (Int.bitWidth - 1 - number.leadingZeroBitCount)
    }

    @inline(__always)
    private mutating func changeTable(_ index: Int, _ body: (inout IdentityTable, _ floor: UInt32) -> Void) {
        capacity -= tables[index].capacity
        body(&tables[index], floor)
        capacity += tables[index].capacity
    }

    /// Makes one table more, of half of another.
    private mutating func splitTable() {
        let bit = Self.powerOfTwo(notAbove: tables.count)
        var half = IdentityTable()
        changeTable(tables.count - bit) { half = $0.split(bit: UInt64(bit), floor: $1) }
        capacity += half.capacity
        tables.append(half)
    }

    /// While there is room for more than half as many again as are live: makes tables fewer, or one smaller, now and then.
    private mutating func shrinkSomeTable() {
        guard capacity > max(count, reserved) * 3 / 2 + Self.entriesPerTable else { return }
        insertionsSinceShrinking += 1
        guard insertionsSinceShrinking >= Self.insertionsPerShrinking else { return }
        insertionsSinceShrinking = 0
        if max(count, reserved) < (tables.count - 1) * Self.entriesPerTableMin { mergeLastTable() }
        hand = hand + 1 < tables.count ? hand + 1 : 0
        changeTable(hand) { $0.rebuild(floor: $1) }
    }

    /// Undoes the last `splitTable`.
    private mutating func mergeLastTable() {
        let last = tables.removeLast()
        capacity -= last.capacity
        let other = tables.count - Self.powerOfTwo(notAbove: tables.count)
        changeTable(other) { for event in last.live(floor: $1) { $0.insert(event, floor: $1) } }
    }

    /// Checks the tables, and the counts against them; O(n), for tests.
    func checkInvariants() {
        var live: [UInt32: Int] = [:]
        var identities: Set<Hash128> = []
        for (index, table) in tables.enumerated() {
            table.checkInvariants()
            for entry in table.live(floor: floor) {
                precondition(self.table(of: entry.identity) == index, "an entry is where it is looked for")
                precondition(identities.insert(entry.identity).inserted, "an identity has one live entry")
                live[entry.minute, default: 0] += 1
            }
        }
        precondition(identities.count == count, "live entries are counted")
        precondition(tables.reduce(0) { $0 + $1.capacity } == capacity, "the tables' memory is counted")
        precondition(countByMinute.isEmpty || firstMinute >= floor, "no minute before the floor is counted")
        for (index, entries) in countByMinute.enumerated() {
            precondition(live[firstMinute + UInt32(index), default: 0] == Int(entries), "entries by minute add up")
        }
    }
}
