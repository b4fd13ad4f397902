import DealHealthCore
import Testing

@testable import DealHealthLoad

/// Sends and answers by hand, as a server that tells the truth or lies would.
@Suite("A shard of the ledger, while the load runs")
struct LedgerShardTests {
    static let settings = TrackedEventTests.settings

    var shard = LedgerShard(settings: settings, index: 1)

    /// The shard's own deal.
    static let key = 3

    private mutating func send(_ count: Int = 1) throws -> LedgerShard.Ticket {
        var body: [UInt8] = []
        return try shard.sendEvents(ofKeys: Array(repeating: Self.key, count: count), appendingTo: &body)
    }

    private mutating func answer(_ ticket: LedgerShard.Ticket, status: Int = 200, _ body: String) {
        Array(body.utf8).withUnsafeBytes { shard.answered(ticket, status: status, body: $0) }
    }

    private mutating func sendAndAcknowledge(lsn: UInt64, count: Int = 1) throws {
        let ticket = try send(count)
        answer(ticket, #"{"accepted":\#(count),"duplicates":0,"rejected":[],"lsn":\#(lsn)}"#)
    }

    private mutating func read(events: Int, lsn: UInt64, score: Double = 50, confidence: Double = 0) throws {
        let ticket = try shard.sendRead(ofKey: Self.key)
        answer(
            ticket,
            #"{"deal_id":"run-1-3","health_score":\#(score),"confidence":\#(confidence),"events":\#(events),"#
                + #""as_of":"2026-11-24T06:00:00.000000Z","lsn":\#(lsn)}"#)
    }

    @Test mutating func anHonestServerBreaksNothing() throws {
        try sendAndAcknowledge(lsn: 2)
        try sendAndAcknowledge(lsn: 5, count: 3)
        let ticket = try send()
        try read(events: 4, lsn: 5)
        try read(events: 5, lsn: 6)
        shard.unanswered(ticket)
        try sendAndAcknowledge(lsn: 7)
        #expect(shard.violations.first == [])
        #expect(shard.deals[1].acknowledgedCount == 5)
        #expect(shard.eventCount == 6)
    }

    @Test mutating func anAcknowledgedEventThatIsMissingIsFound() throws {
        try sendAndAcknowledge(lsn: 2)
        try read(events: 0, lsn: 2)
        #expect(shard.violations.count == 1)
    }

    @Test mutating func anUnknownDealIsFoundOnceAnEventOfItWasAcknowledged() throws {
        let early = try shard.sendRead(ofKey: Self.key)
        try sendAndAcknowledge(lsn: 2)
        answer(early, status: 404, "{}")
        #expect(shard.violations.count == 0)
        answer(try shard.sendRead(ofKey: Self.key), status: 404, "{}")
        #expect(shard.violations.count == 1)
    }

    @Test mutating func anEventThatCountsTwiceIsFound() throws {
        try sendAndAcknowledge(lsn: 2)
        try read(events: 2, lsn: 3)
        #expect(shard.violations.count == 1)
    }

    @Test mutating func aReadThatGoesBackIsFound() throws {
        try sendAndAcknowledge(lsn: 9)
        // Another event may have been committed with it, and the answer named that one's position.
        try read(events: 1, lsn: 8)
        #expect(shard.violations.count == 0)
        try read(events: 1, lsn: 7)
        #expect(shard.violations.count == 1)
    }

    @Test mutating func anAcknowledgementThatGoesBackIsFound() throws {
        try sendAndAcknowledge(lsn: 9)
        try sendAndAcknowledge(lsn: 9)
        #expect(shard.violations.count == 1)
    }

    /// Two that are on their way at once may be answered in any order.
    @Test mutating func positionsOfRequestsThatOverlapAreNotCompared() throws {
        let (first, second) = (try send(), try send())
        answer(second, #"{"accepted":1,"duplicates":0,"rejected":[],"lsn":4}"#)
        answer(first, #"{"accepted":1,"duplicates":0,"rejected":[],"lsn":3}"#)
        #expect(shard.violations.first == [])
    }

    @Test mutating func aWrongScoreIsFound() throws {
        try sendAndAcknowledge(lsn: 2)
        // One answer in eight is compared.
        for _ in 0..<8 { try read(events: 1, lsn: 2, score: 12.34, confidence: 0.3) }
        #expect(shard.violations.count == 1)
        #expect(shard.scoresCompared == 1)
    }

    @Test(arguments: [409, 422])
    mutating func anEventThatIsRefusedThoughItIsValidIsFound(status: Int) throws {
        let ticket = try send()
        answer(ticket, status: status, "{}")
        #expect(shard.violations.count == 1)
    }

    @Test mutating func aServerThatIsOverloadedBreaksNothing() throws {
        let ticket = try send()
        answer(ticket, status: 503, "{}")
        #expect(shard.violations.count == 0)
        #expect(!shard.deals[1].isSettled)
    }

    @Test(arguments: [
        #"{"accepted":1,"duplicates":0}"#, #"{"accepted":0,"duplicates":1,"rejected":[],"lsn":3}"#,
        #"{"accepted":0,"duplicates":0,"rejected":[{"index":0,"reason":"no"}],"lsn":3}"#, "",
    ])
    mutating func anAcknowledgementThatDoesNotFitIsFound(body: String) throws {
        let ticket = try send()
        answer(ticket, body)
        #expect(shard.violations.count == 1)
    }

    @Test(arguments: [(0, 1), (1, 1), (2, 3), (9, 9), (8, 9)])
    func eachKeyHasANeighbourOfTheShard(key: Int, own: Int) {
        #expect(shard.ownKey(near: key) == own)
    }

    @Test mutating func whatIsNotRememberedIsNotSent() {
        var body: [UInt8] = []
        let keys = repeatElement(Self.key, count: LoadLimits.ledgerEventsMax / 2 + 1)
        #expect(throws: LoadError.self) { try shard.sendEvents(ofKeys: keys, appendingTo: &body) }
        #expect(body.isEmpty)
    }
}
