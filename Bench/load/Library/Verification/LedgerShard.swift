import DealHealthCore

/// One worker's part of a ledger: what it sent about its own deals, and what became of it. Checks every answer as it comes.
///
/// A value without shared state: each worker has its own and hands it back for `Ledger` to settle. The deals of a shard are those
/// whose key leaves its index when divided by the number of shards; only it writes to them and so knows what they must hold.
///
/// Each request is opened by `sendEvents` or `sendRead` before its first byte goes out and closed exactly once, by `answered` or `unanswered`.
public struct LedgerShard: Sendable {
    /// Names an open request.
    public struct Ticket: Sendable, Equatable {
        fileprivate let slot: Int32
    }

    /// What is known of one deal.
    struct Deal {
        /// By sequence.
        var events: [EventFate] = []
        /// Of `events`, those acknowledged.
        var acknowledgedCount = 0
        /// The highest position that an answer about the deal alone named.
        var lastLSN: UInt64 = 0

        /// Whether what a read must say is known exactly.
        var isSettled: Bool {
            acknowledgedCount == events.count
        }
    }

    /// What is known of an event that was sent.
    enum EventFate: UInt8 {
        /// Its answer is awaited. Becomes any other.
        case sent
        /// It counts, and may never be missing again.
        case acknowledged
        /// Refused, or no answer came: it may count or not. Becomes `acknowledged` when it is sent again in the end.
        case unresolved
    }

    /// An open request.
    struct Request {
        /// The highest position that any answer named before this was sent: what it adds to the log lies after it.
        var positionFloor: UInt64 = 0
        /// Of events, whose they are; a read has none.
        var events: [(key: Int, sequence: Int)] = []
        /// Of a read, whose it is and what the deal had when it was sent.
        var readKey: Int?
        var acknowledgedCount = 0
        var dealLSN: UInt64 = 0
    }

    public let settings: LedgerSettings
    public let index: Int
    /// By key divided by the number of shards.
    private(set) var deals: [Deal] = []
    /// By ticket; reused.
    private var requests: [Request] = []
    private var freeSlots: [Int32] = []
    /// Different events sent.
    private(set) var eventCount = 0
    private(set) var answersChecked = 0
    private(set) var scoresCompared = 0
    private(set) var scoreDifferenceMax = 0.0
    private(set) var violations = Violations()
    /// The highest position that any answer of this shard named.
    var positionMax: UInt64 = 0

    public init(settings: LedgerSettings, index: Int) {
        precondition((0..<settings.shardCount).contains(index))
        self.settings = settings
        self.index = index
    }

    /// The key of this shard nearest to any: what a worker does to `key` it does to this one instead, so that the keys' distribution stays.
    public func ownKey(near key: Int) -> Int {
        let own = key - key % settings.shardCount + index
        return own < settings.keyCount ? own : own - settings.shardCount
    }

    // MARK: sending

    /// Appends a new event of each of the deals to `body`, as one JSON object or as NDJSON, and opens the request that sends them.
    ///
    /// - Parameter keys: this shard's own; a deal may come several times.
    /// - Throws: `LoadError` when more deals or events would have to be remembered than `LoadLimits` allows; nothing is opened then.
    public mutating func sendEvents(
        ofKeys keys: some Collection<Int>, appendingTo body: inout [UInt8]
    ) throws(LoadError) -> Ticket {
        guard eventCount + keys.count <= LoadLimits.ledgerEventsMax / settings.shardCount else {
            throw LoadError(
                .verification,
                "a run with --verify remembers at most \(LoadLimits.ledgerEventsMax) events: lower the rate or shorten the run."
            )
        }
        for key in keys { try remember(key) }
        let slot = openRequest()
        for (position, key) in keys.enumerated() {
            let deal = dealIndex(key)
            let sequence = deals[deal].events.count
            deals[deal].events.append(.sent)
            requests[slot].events.append((key, sequence))
            if position > 0 { body.append(UInt8(ascii: "\n")) }
            TrackedEvent(key: key, sequence: sequence, settings: settings).append(to: &body, settings: settings)
        }
        eventCount += keys.count
        return Ticket(slot: Int32(slot))
    }

    /// Opens the request that reads the health of one of this shard's deals.
    ///
    /// - Throws: as `sendEvents`.
    public mutating func sendRead(ofKey key: Int) throws(LoadError) -> Ticket {
        try remember(key)
        let slot = openRequest()
        requests[slot].readKey = key
        requests[slot].acknowledgedCount = deals[dealIndex(key)].acknowledgedCount
        requests[slot].dealLSN = deals[dealIndex(key)].lastLSN
        return Ticket(slot: Int32(slot))
    }

    // MARK: closing

    /// Closes a request: this answer came, whole.
    public mutating func answered(_ ticket: Ticket, status: Int, body: UnsafeRawBufferPointer) {
        let slot = Int(ticket.slot)
        answersChecked += 1
        if let key = requests[slot].readKey {
            checkRead(of: key, requests[slot], status: status, AnswerText(body))
        } else if status == 200 {
            checkAcknowledgement(slot, AnswerText(body))
        } else {
            if status == 409 || status == 422 {
                violations.add("an event that is valid and new was refused with \(status): \(Self.excerpt(body))")
            }
            resolve(slot, as: .unresolved)
        }
        close(slot)
    }

    /// Closes a request: no answer came, or none that was whole.
    public mutating func unanswered(_ ticket: Ticket) {
        resolve(Int(ticket.slot), as: .unresolved)
        close(Int(ticket.slot))
    }

    // MARK: the checks

    private mutating func checkAcknowledgement(_ slot: Int, _ answer: AnswerText) {
        let count = requests[slot].events.count
        guard let accepted = answer.integer("accepted"), let duplicates = answer.integer("duplicates"),
            let lsn = answer.integer("lsn")
        else {
            violations.add("an acknowledgement does not say what became of its events: \(Self.excerpt(answer.bytes))")
            return resolve(slot, as: .unresolved)
        }
        if duplicates > 0 {
            violations.add("\(duplicates) of \(count) events were called duplicates, and each was sent once")
        }
        guard accepted + duplicates == UInt64(count) else {
            violations.add(
                "\(count) valid events were sent, and the answer counts \(accepted) accepted and \(duplicates) duplicates: "
                    + Self.excerpt(answer.bytes))
            return resolve(slot, as: .unresolved)
        }
        if accepted > 0, lsn < requests[slot].positionFloor + accepted {
            violations.add(
                "\(accepted) events were accepted at LSN \(lsn), after an answer had named LSN \(requests[slot].positionFloor)"
            )
        }
        positionMax = max(positionMax, lsn)
        // Not the deal's own position: events that a server commits together are all acknowledged at the last of theirs.
        resolve(slot, as: .acknowledged)
    }

    private mutating func checkRead(of key: Int, _ request: Request, status: Int, _ answer: AnswerText) {
        let deal = dealIndex(key)
        if status == 404, request.acknowledgedCount > 0, !settings.readsMayLag {
            violations.add(
                "deal \(settings.dealID(ofKey: key)) is unknown, and \(request.acknowledgedCount) events of it were acknowledged"
            )
        }
        guard status == 200 else { return }
        guard let counted = answer.integer("events"), let lsn = answer.integer("lsn") else {
            return violations.add("a read does not say its events and LSN: \(Self.excerpt(answer.bytes))")
        }
        let id = settings.dealID(ofKey: key)
        let sent = deals[deal].events.count
        if counted > UInt64(sent) {
            violations.add("deal \(id) counts \(counted) events, and \(sent) were ever sent")
        }
        if !settings.readsMayLag {
            if counted < UInt64(request.acknowledgedCount) {
                violations.add(
                    "deal \(id) counts \(counted) events after \(request.acknowledgedCount) were acknowledged: some are missing"
                )
            }
            if lsn < request.dealLSN {
                violations.add(
                    "deal \(id) went back to LSN \(lsn), after an answer about it had named LSN \(request.dealLSN)")
            }
        }
        deals[deal].lastLSN = max(deals[deal].lastLSN, lsn)
        positionMax = max(positionMax, lsn)
        // Before the run's end only small deals that nothing is on its way for, and one answer in eight: the fold costs its events.
        if counted == UInt64(sent), deals[deal].isSettled, sent <= LoadLimits.ledgerFoldEventsMax,
            answersChecked % 8 == 0
        {
            compareScore(of: key, answer)
        }
    }

    private mutating func compareScore(of key: Int, _ answer: AnswerText) {
        guard let score = answer.decimal("health_score"), let confidence = answer.decimal("confidence"),
            let asOf = answer.time("as_of")
        else {
            return violations.add("a read does not say its score: \(Self.excerpt(answer.bytes))")
        }
        compare(score: score, confidence: confidence, asOf: asOf, ofKey: key)
    }

    /// Compares the score that an answer about a settled deal gives with the fold's; O(the deal's events).
    mutating func compare(score: Double, confidence: Double, asOf: Timestamp, ofKey key: Int) {
        let settings = settings
        let pieces = deals[dealIndex(key)].events.indices.lazy.map {
            TrackedEvent(key: key, sequence: $0, settings: settings).piece(at: asOf)
        }
        let expected = settings.scoring.score(pieces)
        scoresCompared += 1
        let difference = abs(score - expected.healthScore)
        // Half of the last digit that is written, and rounding.
        if difference > 0.005 + 1e-6 || abs(confidence - expected.confidence) > 0.000_05 + 1e-8 {
            violations.add(
                "deal \(settings.dealID(ofKey: key)) has score \(score) with confidence \(confidence), and its evidence makes "
                    + "\(expected.healthScore) with \(expected.confidence)")
        } else {
            scoreDifferenceMax = max(scoreDifferenceMax, difference)
        }
    }

    // MARK: bookkeeping

    func dealIndex(_ key: Int) -> Int {
        precondition(key % settings.shardCount == index, "a shard writes to its own deals only")
        return key / settings.shardCount
    }

    private mutating func remember(_ key: Int) throws(LoadError) {
        let deal = dealIndex(key)
        guard deal < LoadLimits.ledgerDealsMax / settings.shardCount else {
            throw LoadError(
                .verification, "a run with --verify has at most \(LoadLimits.ledgerDealsMax) deals: use fewer keys.")
        }
        while deals.count <= deal { deals.append(Deal()) }
    }

    private mutating func openRequest() -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = Int(free)
        } else {
            slot = requests.count
            requests.append(Request())
        }
        requests[slot].positionFloor = positionMax
        return slot
    }

    private mutating func close(_ slot: Int) {
        requests[slot].events.removeAll(keepingCapacity: true)
        requests[slot].readKey = nil
        freeSlots.append(Int32(slot))
    }

    private mutating func resolve(_ slot: Int, as fate: EventFate) {
        for event in requests[slot].events { setFate(fate, key: event.key, sequence: event.sequence) }
    }

    /// Notes what became of an event that was not acknowledged yet.
    mutating func setFate(_ fate: EventFate, key: Int, sequence: Int) {
        let deal = dealIndex(key)
        precondition(deals[deal].events[sequence] != .acknowledged, "what was acknowledged stays so")
        if fate == .acknowledged { deals[deal].acknowledgedCount += 1 }
        deals[deal].events[sequence] = fate
    }

    private static func excerpt(_ body: UnsafeRawBufferPointer) -> String {
        String(decoding: body.prefix(200), as: UTF8.self)
    }
}
