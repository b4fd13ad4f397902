import DealHealthCore

/// The event ids that count no more (P2): an exact set with a window in time and a cap in number.
///
/// An open-addressed table of 24-byte entries with linear probing. Entries are never removed one by one: those
/// of a forgotten minute count as free, and when a table is three quarters full its live entries move to a fresh one, a few
/// with each insertion, so that no call takes longer than a bounded step. Deterministic: what is remembered depends on
/// recorded times only.
struct RememberedEvents: Sendable {
    /// What is known of an identity.
    enum Lookup {
        case unknown
        /// The same event again.
        case same
        /// Another event under the same id.
        case other
    }

    private static let entriesMovedPerInsertion = 8

    /// Power-of-two sized; an entry of minute 0 is free.
    private var current: [RememberedEvent]
    /// Entries of `current` ever filled: what probing has to walk over.
    private var occupied = 0
    /// The table being left, and how far it has been emptied.
    private var former: [RememberedEvent] = []
    private var hand = 0
    /// Live entries by minute. *Invariant:* holds no minute before `floor`.
    private var countByMinute: [UInt32: Int] = [:]
    private let window: UInt32
    private let countMax: Int

    /// Live entries.
    private(set) var count = 0
    /// Events received in a minute before this are forgotten. Moves forward only.
    private(set) var floor = RememberedEvents.tombstoneMinute + 1
    /// The latest minute seen.
    private(set) var latest: UInt32 = 0

    private static let free = RememberedEvent(identity: Hash128(low: 0, high: 0), content: 0, minute: 0)

    /// Remembers for `window` (whole minutes), and never more than `countMax` events.
    init(window: Duration, countMax: Int = Limits.rememberedEventsMax) {
        self.window = UInt32(clamping: window.components.seconds / 60)
        self.countMax = countMax
        current = Array(repeating: Self.free, count: 1_024)
    }

    /// How long an event is remembered at present, in seconds: less than asked for when the cap shortens it.
    var windowSeconds: Int {
        min(Int(window), Int(latest) - Int(floor) + 1) * 60
    }

    /// Whether the cap has shortened the window.
    var isShortened: Bool {
        latest > window && floor > latest - window
    }

    func lookup(_ identity: Hash128, content: UInt32) -> Lookup {
        guard let entry = find(identity, in: current) ?? find(identity, in: former) else { return .unknown }
        return entry.content == content ? .same : .other
    }

    /// Remembers `event`, which MUST be unknown. Bounded time.
    mutating func insert(_ event: RememberedEvent) {
        advance(to: event.minute)
        if event.minute < floor { return }
        if count >= countMax { forgetOldestMinute() }
        moveSomeEntries()
        if (occupied + 1) * 4 > current.count * 3 { startMoving() }
        place(event)
        countByMinute[event.minute, default: 0] += 1
        count += 1
    }

    /// Takes back an insertion whose record did not become durable.
    mutating func remove(_ identity: Hash128) {
        guard let minute = (find(identity, in: current) ?? find(identity, in: former))?.minute else { return }
        // Not free, or the probing of others would end here: a minute that is always before the floor.
        if let index = index(of: identity, in: current) { current[index].minute = Self.tombstoneMinute }
        if let index = index(of: identity, in: former) { former[index].minute = Self.tombstoneMinute }
        count -= 1
        countByMinute[minute, default: 1] -= 1
    }

    /// The minute of an entry taken back. *Invariant:* before every floor, since `floor` starts past it.
    private static let tombstoneMinute: UInt32 = 1

    /// Moves the window's end to `minute`; never backwards.
    mutating func advance(to minute: UInt32) {
        guard minute > latest else { return }
        latest = minute
        if minute > window { setFloor(minute - window) }
    }

    private mutating func forgetOldestMinute() {
        guard let oldest = countByMinute.keys.min() else { return }
        setFloor(oldest + 1)
    }

    private mutating func setFloor(_ newFloor: UInt32) {
        guard newFloor > floor else { return }
        floor = newFloor
        for (minute, entries) in countByMinute where minute < newFloor {
            count -= entries
            countByMinute[minute] = nil
        }
    }

    // MARK: the table

    private func index(of identity: Hash128, in table: [RememberedEvent]) -> Int? {
        if table.isEmpty { return nil }
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: identity.low) & mask
        while table[index].minute != 0 {
            if table[index].identity == identity, table[index].minute >= floor { return index }
            index = (index + 1) & mask
        }
        return nil
    }

    private func find(_ identity: Hash128, in table: [RememberedEvent]) -> RememberedEvent? {
        index(of: identity, in: table).map { table[$0] }
    }

    private mutating func place(_ event: RememberedEvent) {
        let mask = current.count - 1
        var index = Int(truncatingIfNeeded: event.identity.low) & mask
        while current[index].minute >= floor { index = (index + 1) & mask }
        if current[index].minute == 0 { occupied += 1 }
        current[index] = event
    }

    /// Makes `current` the former table and starts a fresh one with room for twice the live entries.
    private mutating func startMoving() {
        precondition(former.isEmpty, "a table fills up only after the former one is emptied")
        former = current
        hand = 0
        // Room for what moves over, for as much again, and for every insertion until the former table is emptied.
        let needed = 2 * count + former.count / Self.entriesMovedPerInsertion
        var capacity = 1_024
        while capacity * 3 < needed * 4 { capacity *= 2 }
        current = Array(repeating: Self.free, count: capacity)
        occupied = 0
    }

    private mutating func moveSomeEntries() {
        if former.isEmpty { return }
        let end = min(hand + Self.entriesMovedPerInsertion, former.count)
        while hand < end {
            if former[hand].minute >= floor {
                place(former[hand])
            }
            hand += 1
        }
        if hand == former.count { former = [] }
    }

    /// Checks the counts against the tables; O(n), for tests.
    func checkInvariants() {
        var identities: Set<Hash128> = []
        for entry in current + former where entry.minute >= floor { identities.insert(entry.identity) }
        precondition(identities.count == count, "live entries are counted")
        precondition(countByMinute.values.reduce(0, +) == count, "entries by minute add up")
        precondition(occupied * 4 <= current.count * 3 + 4, "probing ends")
    }
}
