import DealHealthCore

/// The event ids that count no more (P2): an exact set with a window in time and a cap in number.
///
/// 64 tables by bits of the identity, so that when one grows, the step that makes it larger is a 64th of the whole. Deterministic:
/// what is remembered depends on recorded times only.
struct RememberedEvents: Sendable {
    /// What is known of an identity.
    enum Lookup {
        case unknown
        /// The same event again.
        case same
        /// Another event under the same id.
        case other
    }

    private static let tableCount = 64

    private var tables = Array(repeating: IdentityTable(), count: RememberedEvents.tableCount)
    /// Live entries by minute, but for `recent`. *Invariant:* holds no minute before `floor`.
    private var countByMinute: [UInt32: Int] = [:]
    /// Live entries of one minute, most often the latest: events come by the hundred thousand a minute, and each is counted.
    private var recent: (minute: UInt32, count: Int) = (0, 0)
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
    }

    /// Makes room for about `count` events at once, while there are none; more than `countMax` never stay.
    mutating func reserve(_ count: Int) {
        let share = min(count, countMax) / Self.tableCount
        for index in tables.indices { tables[index].reserve(share) }
    }

    /// How long an event is remembered at present, in seconds: less than asked for when the cap shortens it.
    var windowSeconds: Int {
        min(Int(window), Int(latest) - Int(floor) + 1) * 60
    }

    func lookup(_ identity: Hash128, content: UInt32) -> Lookup {
        guard let entry = tables[Self.table(identity)].find(identity, floor: floor) else { return .unknown }
        return entry.content == content ? .same : .other
    }

    /// Remembers `event`, which MUST be unknown. Bounded time.
    mutating func insert(_ event: RememberedEvent) {
        advance(to: event.minute)
        if event.minute < floor { return }
        if count >= countMax { forgetOldestMinute() }
        tables[Self.table(event.identity)].insert(event, floor: floor)
        if event.minute != recent.minute { settleRecent(event.minute) }
        recent.count += 1
        count += 1
    }

    /// Takes back an insertion whose record did not become durable.
    mutating func remove(_ identity: Hash128) {
        guard let minute = tables[Self.table(identity)].remove(identity, floor: floor) else { return }
        count -= 1
        if minute == recent.minute { recent.count -= 1 } else { countByMinute[minute, default: 1] -= 1 }
    }

    /// Loads the places where `identities` are looked up next, all at once: one after the other each would wait for memory.
    func prefetch(_ identities: some Sequence<Hash128>) {
        var touched: UInt32 = 0
        for identity in identities { touched |= tables[Self.table(identity)].minute(at: identity) }
        withExtendedLifetime(touched) {}
    }

    /// Counts another minute's entries in `recent` from now on.
    private mutating func settleRecent(_ minute: UInt32) {
        if recent.count != 0 { countByMinute[recent.minute, default: 0] += recent.count }
        recent = (minute, countByMinute.removeValue(forKey: minute) ?? 0)
    }

    private mutating func forgetOldestMinute() {
        settleRecent(0)
        if let oldest = countByMinute.keys.min() { setFloor(oldest + 1) }
    }

    /// Moves the window's end to `minute`; never backwards.
    mutating func advance(to minute: UInt32) {
        guard minute > latest else { return }
        latest = minute
        if minute > window { setFloor(minute - window) }
    }

    private mutating func setFloor(_ newFloor: UInt32) {
        guard newFloor > floor else { return }
        floor = newFloor
        settleRecent(0)
        for (minute, entries) in countByMinute where minute < newFloor {
            count -= entries
            countByMinute[minute] = nil
        }
    }

    /// By bits that a table does not use to place an entry.
    private static func table(_ identity: Hash128) -> Int {
        Int(truncatingIfNeeded: identity.high) & (tableCount - 1)
    }

    /// Checks the counts against the tables; O(n), for tests.
    func checkInvariants() {
        let live = tables.reduce(0) { $0 + $1.liveCount(floor: floor) }
        precondition(live == count, "live entries are counted")
        precondition(countByMinute.values.reduce(recent.count, +) == count, "entries by minute add up")
    }
}
