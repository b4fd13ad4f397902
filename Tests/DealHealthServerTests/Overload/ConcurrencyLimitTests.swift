import Testing

@testable import DealHealthServer

@Suite struct ConcurrencyLimitTests {
    private static let millisecond = 1e6
    private static let second = 1e9

    /// A limit at its most, 100, that knows that a request may take a millisecond; 80 are in flight.
    private func busy() -> ConcurrencyLimit {
        var limit = ConcurrencyLimit(limits: 4...100, slack: .milliseconds(1))
        #expect(taken(by: &limit, of: 81) == 81)
        limit.end(after: Self.millisecond, now: Self.second)
        return limit
    }

    /// How many are taken one after the other, none of which ends.
    private func taken(by limit: inout ConcurrencyLimit, of count: Int) -> Int {
        var taken = 0
        for _ in 0..<count where limit.begin() { taken += 1 }
        return taken
    }

    /// Another takes the place of one that ends.
    private func replace(_ limit: inout ConcurrencyLimit, milliseconds: Double, at now: Double) {
        limit.end(after: milliseconds * Self.millisecond, now: now)
        #expect(taken(by: &limit, of: 1) == 1)
    }

    @Test func beginsWithItsMostAndRefusesOneMore() {
        var limit = ConcurrencyLimit(limits: 4...100, slack: .milliseconds(1))
        #expect(taken(by: &limit, of: 150) == 100)
        #expect(!limit.hasRoom)
        limit.end(after: Self.millisecond, now: Self.second)
        #expect(taken(by: &limit, of: 5) == 1)
    }

    @Test func requestsThatTakeLittleLongerThanTheLeastLowerNothing() {
        var limit = busy()
        replace(&limit, milliseconds: 3, at: 2 * Self.second)
        #expect(limit.limit == 100)
    }

    @Test func slowRequestsLowerItOnceForAllThatBeganTogether() {
        var limit = busy()
        limit.end(after: 4 * Self.millisecond, now: 2 * Self.second)
        #expect(limit.limit == 80)
        limit.end(after: 4 * Self.millisecond, now: 2 * Self.second + 3 * Self.millisecond)
        #expect(limit.limit == 80)
        limit.end(after: 4 * Self.millisecond, now: 2 * Self.second + 4 * Self.millisecond)
        #expect(limit.limit == 64)
    }

    @Test func itStaysWithinItsBounds() {
        var limit = busy()
        for round in 0..<70 {
            limit.end(after: 100 * Self.millisecond, now: 2 * Self.second + Double(round) * 100 * Self.millisecond)
        }
        #expect(limit.limit == 4)
        #expect(limit.inFlight == 10 && !limit.hasRoom)
    }

    @Test func fastRequestsRaiseItWhileItIsUsed() {
        var limit = busy()
        limit.end(after: 4 * Self.millisecond, now: 2 * Self.second)
        limit.end(after: Self.millisecond, now: 2 * Self.second)
        #expect(limit.limit == 80 + 8.0 / 80)
        while limit.inFlight > 10 { limit.end(after: Self.millisecond, now: 2 * Self.second) }
        let unused = limit.limit
        limit.end(after: Self.millisecond, now: 2 * Self.second)
        #expect(limit.limit == unused)
        #expect(unused <= 100)
    }

    /// A slower disk is the new measure after two windows.
    @Test func theLeastIsForgotten() {
        var limit = busy()
        limit.end(after: 10 * Self.millisecond, now: 2 * Self.second)
        limit.end(after: 10 * Self.millisecond, now: 12 * Self.second)
        #expect(limit.limit == 64)
        limit.end(after: 10 * Self.millisecond, now: 23 * Self.second)
        #expect(limit.limit == 64 + 8.0 / 64)
    }
}
