import DealHealthCore
import DealHealthTesting
import Testing

@testable import DealHealthEngine

@Suite struct RememberedEventsTests {
    private func event(_ number: UInt64, minute: UInt32, content: UInt32 = 0) -> RememberedEvent {
        var random = SeededGenerator(seed: number)
        return RememberedEvent(
            identity: Hash128(low: random.next(), high: random.next()), content: content, minute: minute)
    }

    /// Insertions, removals and the passing of time against a plain dictionary.
    @Test(arguments: 1...5) func agreesWithADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var set = RememberedEvents(window: .seconds(100 * 60), countMax: .max)
        // Room made beforehand, less than is needed, makes no difference.
        if seed % 2 == 0 { set.reserve(5_000) }
        var model: [UInt64: RememberedEvent] = [:]
        var minute: UInt32 = 1_000
        for step in 0..<60_000 {
            if Int.random(in: 0..<50, using: &random) == 0 { minute += UInt32.random(in: 0...3, using: &random) }
            let number = UInt64.random(in: 0..<40_000, using: &random)
            let candidate = event(number, minute: minute)
            let known = model[number].flatMap { $0.minute >= set.floor ? $0 : nil }
            switch set.lookup(candidate.identity, content: 0) {
            case .unknown:
                #expect(known == nil)
                set.insert(candidate)
                model[number] = candidate
            case .same:
                #expect(known != nil)
                if Int.random(in: 0..<10, using: &random) == 0 {
                    set.remove(candidate.identity)
                    model[number] = nil
                }
            case .other: Issue.record("no content differs")
            }
            if step % 5_000 == 0 { set.checkInvariants() }
        }
        set.checkInvariants()
        #expect(set.count == model.values.count { $0.minute >= set.floor })
        #expect(set.floor == minute - 100)
    }

    @Test func otherContentIsToldFromTheSame() {
        var set = RememberedEvents(window: .seconds(3_600))
        set.insert(event(1, minute: 10, content: 7))
        let identity = event(1, minute: 10).identity
        guard case .same = set.lookup(identity, content: 7) else { return #expect(Bool(false)) }
        guard case .other = set.lookup(identity, content: 8) else { return #expect(Bool(false)) }
    }

    @Test func capShortensTheWindowOldestFirst() {
        var set = RememberedEvents(window: .seconds(1_000 * 60), countMax: 500)
        for number in 0..<2_000 as Range<UInt64> {
            set.insert(event(number, minute: 1_000 + UInt32(number / 10)))
            #expect(set.count <= 500)
        }
        #expect(set.windowSeconds < 1_000 * 60)
        guard case .unknown = set.lookup(event(0, minute: 0).identity, content: 0) else {
            return #expect(Bool(false), "the oldest is forgotten")
        }
        guard case .same = set.lookup(event(1_999, minute: 0).identity, content: 0) else {
            return #expect(Bool(false), "the newest is remembered")
        }
        set.checkInvariants()
    }

    /// Up to the next table, at each of its growth steps, and while as many expire as arrive.
    @Test func takesAtMost34BytesAnID() {
        var set = RememberedEvents(window: .seconds(60 * 60))
        for number in 0..<400_000 as Range<UInt64> {
            set.insert(event(number, minute: 1_000 + UInt32(number / 3_000)))
            if set.count >= 50_000 { #expect(set.memoryBytes <= set.count * 34, "at \(number)") }
        }
        #expect(set.count < 190_000)
        set.checkInvariants()
    }

    /// After a burst has expired, what comes later takes its memory away, a table at a time.
    @Test func aBurstsMemoryIsGivenBack() {
        var set = RememberedEvents(window: .seconds(60 * 60))
        for number in 0..<200_000 as Range<UInt64> { set.insert(event(number, minute: 1_000)) }
        for number in 200_000..<260_000 as Range<UInt64> {
            set.insert(event(number, minute: 2_000 + UInt32(number / 1_000)))
            if number % 10_000 == 0 { set.checkInvariants() }
        }
        #expect(set.count < 62_000)
        #expect(set.memoryBytes <= set.count * 40)
        set.checkInvariants()
    }

    /// Ids as no hash makes them: all in one place, past the last home.
    @Test func crowdedIDsAreAllRemembered() {
        var set = RememberedEvents(window: .seconds(60 * 60))
        let crowd = (0..<3_000).map { number in
            RememberedEvent(
                identity: Hash128(low: .max - UInt64(number % 3), high: UInt64(number)), content: 0, minute: 1_000)
        }
        for event in crowd { set.insert(event) }
        set.checkInvariants()
        for event in crowd {
            guard case .same = set.lookup(event.identity, content: 0) else { return #expect(Bool(false)) }
        }
        #expect(set.count == 3_000)
    }

    @Test func minutesOutOfOrderAreForgottenInOrder() {
        var set = RememberedEvents(window: .seconds(60 * 60))
        for number in 0..<1_000 as Range<UInt64> { set.insert(event(number, minute: 1_059 - UInt32(number % 60))) }
        set.checkInvariants()
        for minute in 1_060..<1_130 as Range<UInt32> {
            set.advance(to: minute)
            set.checkInvariants()
        }
        #expect(set.count == 0)
    }

    @Test func windowIsTheSettingUntilTheCapShortensIt() {
        var set = RememberedEvents(window: .seconds(1_000 * 60), countMax: 500)
        #expect(set.windowSeconds == set.windowSecondsMax)
        for number in 0..<500 as Range<UInt64> { set.insert(event(number, minute: 2_000 + UInt32(number / 10))) }
        #expect(set.windowSeconds == set.windowSecondsMax)
        set.insert(event(500, minute: 2_050))
        #expect(set.windowSeconds < set.windowSecondsMax)
    }

    @Test func longQuietTimeThenABurstStaysBounded() {
        var set = RememberedEvents(window: .seconds(60 * 60))
        for number in 0..<50_000 as Range<UInt64> { set.insert(event(number, minute: 1_000)) }
        for number in 50_000..<120_000 as Range<UInt64> { set.insert(event(number, minute: 100_000)) }
        #expect(set.count == 70_000)
        set.checkInvariants()
    }
}
