extension EventReader {
    /// Makes an event, or a rejection, of the members just read, which stand at `received`.
    @inline(__always)
    mutating func finish(_ received: ByteRange) {
        if let fault = reader.fault {
            reject(fault)
            return
        }
        do throws(Refusal) {
            events.append(try event(received))
        } catch {
            reject(error.reason)
        }
    }

    private mutating func event(_ received: ByteRange) throws(Refusal) -> Event {
        let source = try source()
        let dealID = try dealID()
        let time = try occurrence()
        let givenIdentity = try givenIdentity()
        let merchantID = try merchantID(source)
        let (works, mass) = try evidence(source)
        let content = contentHash(source)
        return Event(
            index: index, source: source, works: works, hasGivenID: givenIdentity != nil, time: time, mass: mass,
            merchantID: merchantID, identity: givenIdentity ?? content, contentHash: content.low, dealID: dealID,
            received: received)
    }

    // MARK: fields of all events

    @inline(__always)
    private mutating func source() throws(Refusal) -> EvidenceSource {
        let value = try fields.required(.type)
        let string = try fields.string(.type, value)
        let source = reader.withValue(of: string) { EvidenceSource(eventType: $0) }
        guard let source else {
            let types = "AutomatedTestResult, CommunityVerification or CommunityTip"
            throw fields.wrong(.type, types, value, in: reader)
        }
        return source
    }

    @inline(__always)
    private mutating func dealID() throws(Refusal) -> ByteRange {
        let string = try fields.string(.promotionID, try fields.required(.promotionID))
        let appendedCount = appended.count
        let (count, isPlain) = reader.withValue(of: string) { id in
            (id.count, id.count <= Limits.dealIDBytesMax && !Self.hasControlCharacter(id))
        }
        guard count >= 1, count <= Limits.dealIDBytesMax else {
            throw wrongLength(.promotionID, Limits.dealIDBytesMax, count)
        }
        guard isPlain else { throw Refusal(reason: "`promotionId` must not have control characters") }
        guard string.hasEscapes else { return ByteRange(start: string.start, count: count) }
        string.appendValue(of: reader.scanner.bytes, to: &appended)
        return ByteRange(start: appendedStart &+ appendedCount, count: count)
    }

    /// U+0000–001F, U+007F and U+0080–009F (in UTF-8 `C2 80` to `C2 9F`); `id` is valid UTF-8.
    private static func hasControlCharacter(_ id: UnsafeRawBufferPointer) -> Bool {
        var previous: UInt8 = 0
        for byte in id {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }

    @inline(__always)
    private func occurrence() throws(Refusal) -> Timestamp {
        let value = try fields.required(.timestamp)
        guard let time else {
            throw fields.wrong(.timestamp, "an RFC 3339 time such as 2026-11-24T05:56:52Z", value, in: reader)
        }
        guard time <= latest else {
            let minutes = Limits.futureTolerance.components.seconds / 60
            throw Refusal(reason: "`timestamp` is more than \(minutes) minutes in the future")
        }
        return time
    }

    /// The hash of the `eventId`, if one is given.
    @inline(__always)
    private mutating func givenIdentity() throws(Refusal) -> Hash128? {
        guard let value = fields[.eventID] else { return nil }
        let string = try fields.string(.eventID, value)
        let key = reader.hashKey
        let (count, identity) = reader.withValue(of: string) { id -> (Int, Hash128?) in
            guard id.count >= 1, id.count <= Limits.eventIDBytesMax else { return (id.count, nil) }
            return withUnsafeTemporaryAllocation(byteCount: 1 + Limits.eventIDBytesMax, alignment: 8) { buffer in
                buffer[0] = 1
                UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: id)
                return (id.count, SipHash.hash128(UnsafeRawBufferPointer(rebasing: buffer[...id.count]), key: key))
            }
        }
        guard let identity else { throw wrongLength(.eventID, Limits.eventIDBytesMax, count) }
        return identity
    }

    @inline(__always)
    private func merchantID(_ source: EvidenceSource) throws(Refusal) -> Int64? {
        if source == .automatedTest { _ = try fields.required(.merchantID) }
        guard let value = fields[.merchantID] else { return nil }
        return try fields.integer(.merchantID, value, in: reader)
    }

    @inline(never)
    func wrongLength(_ field: EventField, _ limit: Int, _ count: Int) -> Refusal {
        Refusal(reason: "`\(field.key)` must be 1 to \(limit) bytes long, got \(count)")
    }

    // MARK: identity

    /// The hash of the canonical event without its `eventId`.
    @inline(__always)
    private func contentHash(_ source: EvidenceSource) -> Hash128 {
        var sum = membersHash
        // A known field that is null is absent; but the fields of other types are the sender's own, and count.
        var nulls = fields.nulls & ~EventField.known(to: source)
        while nulls != 0 {
            let name = UInt64(nulls.trailingZeroBitCount)
            var hash = CanonicalHash(key: reader.hashKey, tag: .null, name: name)
            hash.absorb(0)
            sum &+= hash.finalize()
            nulls &= nulls &- 1
        }
        var hash = CanonicalHash(key: reader.hashKey, tag: .event, name: 0)
        hash.absorb(sum)
        return hash.finalize()
    }
}

extension EvidenceSource {
    /// The source of events whose `type` field has this value.
    @inline(__always)
    fileprivate init?(eventType name: UnsafeRawBufferPointer) {
        let candidate: EvidenceSource
        switch name.count {
        case 12: candidate = .communityTip
        case 19: candidate = .automatedTest
        default: candidate = .communityVerification
        }
        var expected = candidate.eventType
        let isEqual = expected.withUTF8 { expected in
            expected.count == name.count && expected.indices.allSatisfy { expected[$0] == name[$0] }
        }
        guard isEqual else { return nil }
        self = candidate
    }
}
