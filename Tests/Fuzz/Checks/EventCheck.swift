import DealHealthCore

/// Documents and lines are decoded as the plain decoder decodes them, however they are written; accepted events are within their limits
/// and survive the log.
enum EventCheck {
    private static let key = HashKey(k0: 0x0706_0504_0302_0100, k1: 0x0F0E_0D0C_0B0A_0908)
    /// 2026-12-01T00:00:00Z
    private static let now = Timestamp(microseconds: 1_796_083_200_000_000)
    private static let decoder = EventDecoder(hashKey: key, now: now)
    private static let latest = (now + Limits.futureTolerance).microseconds
    /// Events of one input that are written otherwise and decoded again: a long array must not take seconds.
    private static let rewrittenMax = 3

    static func check(_ input: [UInt8]) throws(Fault) {
        try checkDocument(input)
        try checkLines(input)
    }

    private static func checkDocument(_ input: [UInt8]) throws(Fault) {
        let whole = decode(input)
        // At the end of a batch, as the requests of one turn are.
        var gathered = EventBatch(storage: Array("{}\n".utf8))
        let appended = Result {
            try input.withUnsafeBytes { try decoder.append(document: $0, index: 5, to: &gathered) }
        }
        switch Result(catching: { () throws(PlainJSONError) in try PlainBatch(document: input, latest: latest) }) {
        case .success(let plain):
            guard case .success(let batch) = whole, case .success = appended else {
                throw Fault(description: "refused as malformed, and is JSON: \(whole), \(appended)")
            }
            try compare(batch, plain, firstIndex: 0, offset: 0)
            try compare(gathered, plain, firstIndex: 5, offset: 3)
            try checkAccepted(batch, plain)
        case .failure(.malformed):
            guard case .failure(let error) = whole, case .failure = appended else {
                throw Fault(description: "accepted, and is no JSON")
            }
            try require(error.offset >= 0 && error.offset <= input.count, "a fault at byte \(error.offset)")
            let isAsBefore = gathered.storage.count == 3 && gathered.events.isEmpty && gathered.rejected.isEmpty
            try require(isAsBefore && gathered.rejectedCount == 0, "a malformed document left something in its batch")
        case .failure(.tooDeepToSay): break
        }
    }

    private static func checkLines(_ input: [UInt8]) throws(Fault) {
        let (batch, next) = decoder.decode(lines: input, firstIndex: 7)
        guard let plain = try? PlainBatch(lines: input, latest: latest) else { return }
        try compare(batch, plain, firstIndex: 7, offset: 0)
        try require(next == 7 + plain.elements.count, "\(next - 7) lines counted, plainly \(plain.elements.count)")
    }

    private static func decode(_ document: [UInt8]) -> Result<EventBatch, MalformedJSON> {
        Result { () throws(MalformedJSON) in try decoder.decode(document: document).batch }
    }

    // MARK: beside the plain decoder

    /// The same elements accepted, with the same fields; `offset` is where the request's text stands in the batch's storage.
    private static func compare(
        _ batch: EventBatch, _ plain: PlainBatch, firstIndex: Int, offset: Int
    ) throws(Fault) {
        let places = plain.elements.indices
        let refused = places.filter { plain.elements[$0].event == nil }.map { firstIndex + $0 }
        try require(
            batch.rejectedCount == refused.count
                && batch.rejected.map(\.index) == Array(refused.prefix(Limits.rejectionsListedMax)),
            "\(batch.rejectedCount) refused, plainly \(refused.count): \(batch.rejected.prefix(3))")
        let accepted = places.filter { plain.elements[$0].event != nil }
        try require(batch.events.map(\.index) == accepted.map { firstIndex + $0 }, "other events are accepted")
        for (event, place) in zip(batch.events, accepted) {
            guard let expected = plain.elements[place].event else { continue }
            try compare(event, expected, batch.storage)
            let range = plain.elements[place].range
            let isWhole = event.received.range == range.lowerBound + offset..<range.upperBound + offset
            try require(isWhole, "received \(event.received.range), plainly \(range) after \(offset)")
        }
    }

    private static func compare(_ event: Event, _ plain: PlainEvent, _ storage: [UInt8]) throws(Fault) {
        let isSame =
            event.source == plain.source && event.works == plain.works && event.mass == plain.mass
            && event.time.microseconds == plain.microseconds && event.merchantID == plain.merchantID
            && storage[event.dealID.range].elementsEqual(plain.dealID.utf8)
            && event.hasGivenID == (plain.eventID != nil)
        try require(isSame, "decoded as \(event), plainly \(plain)")
        try require(event.mass >= 0 && event.mass <= 1, "mass \(event.mass)")
        try require(event.identity == identity(plain) ?? event.identity, "another identity than its event id's")
        try require(
            event.hasGivenID || event.contentHash == event.identity.low, "an identity that is not its content's")
    }

    /// The identity by a given id, as the format has it: the hash of the byte 1 and the id.
    private static func identity(_ plain: PlainEvent) -> Hash128? {
        plain.eventID.map { id in
            ([1] + Array(id.utf8)).withUnsafeBytes { SipHash.hash128($0, key: key) }
        }
    }

    // MARK: accepted events

    private static func checkAccepted(_ batch: EventBatch, _ plain: PlainBatch) throws(Fault) {
        let values = plain.elements.filter { $0.event != nil }.compactMap(\.value)
        for (event, value) in zip(batch.events, values).prefix(rewrittenMax) {
            try checkCanonical(event, batch.storage, value)
            try checkLogged(event, batch.storage)
        }
    }

    /// The same content is the same event, however it is written; other content is another.
    private static func checkCanonical(_ event: Event, _ storage: [UInt8], _ value: PlainJSON) throws(Fault) {
        let text = Array(value.rewritten.utf8)
        guard let again = try? decode(text).get() else { throw Fault(description: "malformed once written otherwise") }
        if text.count < Limits.eventBytesMax {
            try require(again.events.count == 1, "refused once written otherwise: \(again.rejected)")
            var other = again.events[0]
            let isSameDeal = storage[event.dealID.range] == again.storage[other.dealID.range]
            (other.index, other.dealID, other.received) = (event.index, event.dealID, event.received)
            try require(isSameDeal && other == event, "once written otherwise it is \(other), not \(event)")
        }
        guard case .object(var members) = value else { return }
        members.append(PlainJSON.Member(key: "one more, of a name that nobody sends", value: .null))
        guard let more = try? decode(Array(PlainJSON.object(members).rewritten.utf8)).get().events.first else { return }
        try require(more.contentHash != event.contentHash, "a member more is the same content")
        try require((more.identity == event.identity) == event.hasGivenID, "a member more is the wrong identity")
    }

    private static func checkLogged(_ event: Event, _ storage: [UInt8]) throws(Fault) {
        let record = LogRecord(
            kind: .evidence(event.source), lsn: LSN(1), previousPartitionLSN: .zero, previousDealLSN: .zero,
            receivedAt: now, time: event.time, identity: event.identity, contentHash: event.contentHash,
            works: event.works, hasGivenID: event.hasGivenID, mass: event.mass, merchantID: event.merchantID,
            scoreBefore: 0, scoreAfter: 0)
        var bytes: [UInt8] = []
        storage.withUnsafeBytes { storage in
            _ = record.encode(
                dealID: storage.slice(Int(event.dealID.start), Int(event.dealID.count)),
                payload: storage.slice(Int(event.received.start), Int(event.received.count)), previousChecksum: 0,
                into: &bytes)
        }
        guard let stored = try? bytes.withUnsafeBytes({ try StoredRecord($0) }) else {
            throw Fault(description: "its record cannot be read")
        }
        let isSame =
            stored.header == record && bytes[stored.dealID] == storage[event.dealID.range]
            && bytes[stored.payload] == storage[event.received.range]
        try require(isSame, "its record says something else")
    }
}
