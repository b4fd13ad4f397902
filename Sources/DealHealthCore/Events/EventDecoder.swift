/// Decodes requests into events: strict JSON (RFC 8259) and the wire format of DESIGN §5, in one pass over the bytes.
///
/// Never traps, and takes time linear in the bytes, whatever they are. Allocates for what it returns only, not per
/// event, unless an event is refused.
public struct EventDecoder: Sendable {
    private let hashKey: HashKey
    private let latest: Timestamp

    /// A decoder for requests that arrive at `now`: events later than `now + Limits.futureTolerance` are refused.
    /// `hashKey` is the log's: identities are its keyed hashes.
    public init(hashKey: HashKey, now: Timestamp) {
        self.hashKey = hashKey
        self.latest = now + Limits.futureTolerance
    }

    /// Decodes one JSON document: an object, which is one event (`isSingle`), or an array of them.
    ///
    /// Every element ends up in `events` or in `rejected`; a document that is neither object nor array is refused as
    /// one. `document` MUST be less than 4 GiB long (bodies are at most `Limits.ndjsonBodyBytesMax`).
    ///
    /// - Throws: `MalformedJSON` if the document as a whole is not JSON: nothing of it counts.
    public func decode(document: [UInt8]) throws(MalformedJSON) -> (batch: EventBatch, isSingle: Bool) {
        let result = document.withUnsafeBufferPointer { bytes -> Result<(EventReader, Bool), MalformedJSON> in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return .failure(MalformedJSON(problem: .empty, offset: 0))
            }
            var events = makeReader(base, count: bytes.count, index: 0)
            do throws(MalformedJSON) {
                let isSingle = try Self.readDocument(&events)
                return .success((events, isSingle))
            } catch {
                return .failure(error)
            }
        }
        let (events, isSingle) = try result.get()
        return (Self.batch(document, events), isSingle)
    }

    /// Decodes one more document at the end of `batch`: the event that it is, or the first of its array, has the index `index`, in
    /// `events` or in `rejected`. So the requests of many senders become one submission, each event copied once.
    ///
    /// - Throws: `MalformedJSON` if the document is not JSON; then `batch` is as it was.
    public func append(
        document: UnsafeRawBufferPointer, index: Int, to batch: inout EventBatch
    ) throws(MalformedJSON) {
        let start = batch.storage.count
        batch.storage.append(contentsOf: document)
        let eventCount = batch.events.count
        // Moved, not copied, so that appending does not grow with what is there.
        var listed = (events: [Event](), rejected: [Rejection]())
        swap(&listed.events, &batch.events)
        swap(&listed.rejected, &batch.rejected)
        let rejectedCount = listed.rejected.count
        let (events, error) = batch.storage.withUnsafeBufferPointer { bytes -> (EventReader?, MalformedJSON?) in
            guard let base = bytes.baseAddress, bytes.count > start else {
                return (nil, MalformedJSON(problem: .empty, offset: 0))
            }
            var events = makeReader(base, from: start, count: bytes.count, index: index)
            swap(&events.events, &listed.events)
            swap(&events.rejected, &listed.rejected)
            do throws(MalformedJSON) {
                _ = try Self.readDocument(&events)
                return (events, nil)
            } catch {
                return (events, error)
            }
        }
        batch.events = events?.events ?? listed.events
        batch.rejected = events?.rejected ?? listed.rejected
        if let error {
            batch.storage.removeLast(batch.storage.count - start)
            batch.events.removeLast(batch.events.count - eventCount)
            batch.rejected.removeLast(batch.rejected.count - rejectedCount)
            throw error
        }
        if let events {
            batch.storage.append(contentsOf: events.appended)
            batch.rejectedCount += events.rejectedCount
        }
    }

    /// Decodes a run of NDJSON lines: one event each. The caller cuts at line feeds; the last line may lack its own.
    ///
    /// A malformed line is a rejection, like any other that is no event. Lines of spaces, tabs and carriage returns
    /// are skipped and not counted. The first line counted has the index `firstIndex`; the one after the last is
    /// returned. `lines` MUST be less than 4 GiB long.
    public func decode(lines: [UInt8], firstIndex: Int) -> (batch: EventBatch, nextIndex: Int) {
        let events = lines.withUnsafeBufferPointer { bytes -> EventReader? in
            guard let base = bytes.baseAddress else { return nil }
            var events = makeReader(base, count: bytes.count, index: firstIndex)
            Self.readLines(&events)
            return events
        }
        guard let events else { return (EventBatch(storage: lines), firstIndex) }
        return (Self.batch(lines, events), events.index)
    }

    /// A reader of the bytes in [start, count).
    private func makeReader(
        _ base: UnsafePointer<UInt8>, from start: Int = 0, count: Int, index: Int
    ) -> EventReader {
        let scanner = JSONScanner(bytes: base, position: start, end: count, origin: start)
        let reader = CanonicalReader(scanner: scanner, hashKey: hashKey)
        return EventReader(reader: reader, latest: latest, appendedStart: count, index: index)
    }

    private static func batch(_ received: [UInt8], _ events: EventReader) -> EventBatch {
        var batch = EventBatch(storage: received)
        if !events.appended.isEmpty { batch.storage.append(contentsOf: events.appended) }
        batch.events = events.events
        batch.rejected = events.rejected
        batch.rejectedCount = events.rejectedCount
        return batch
    }

    /// Consumes the whole document; true if it is a single value.
    private static func readDocument(_ events: inout EventReader) throws(MalformedJSON) -> Bool {
        try checkByteOrderMark(events.reader.scanner)
        events.reader.scanner.skipWhitespace()
        guard events.reader.scanner.position < events.reader.scanner.end else {
            throw events.reader.scanner.failure(.empty)
        }
        let isSingle = try events.reader.scanner.nextByte() != UInt8(ascii: "[")
        if isSingle {
            try events.element()
        } else if try events.reader.scanner.open(closing: UInt8(ascii: "]")) {
            repeat { try events.element() } while try events.reader.scanner.comma(orClosing: UInt8(ascii: "]"))
        }
        try checkEnd(&events.reader.scanner)
        return isSingle
    }

    private static func readLines(_ events: inout EventReader) {
        let end = events.reader.scanner.end
        var start = 0
        while start < end {
            events.reader.scanner.position = start
            events.reader.scanner.end = lineEnd(in: events.reader.scanner, from: start, end: end)
            events.reader.scanner.origin = start
            start = events.reader.scanner.end &+ 1
            events.reader.scanner.skipWhitespace()
            if events.reader.scanner.position == events.reader.scanner.end { continue }
            readLine(&events)
            events.reader.scanner.end = end
        }
    }

    /// Consumes a line that is not blank into one event or one rejection.
    @inline(__always)
    private static func readLine(_ events: inout EventReader) {
        let eventCount = events.events.count
        let (listedCount, rejectedCount) = (events.rejected.count, events.rejectedCount)
        let index = events.index
        do throws(MalformedJSON) {
            try checkByteOrderMark(events.reader.scanner)
            try events.element()
            try checkEnd(&events.reader.scanner)
        } catch {
            // What stood before the fault does not count.
            events.events.removeLast(events.events.count &- eventCount)
            events.rejected.removeLast(events.rejected.count &- listedCount)
            events.rejectedCount = rejectedCount
            events.index = index
            events.reject(error.message)
            events.index = index &+ 1
        }
    }

    /// The place of the next line feed, or `end`.
    @inline(__always)
    private static func lineEnd(in scanner: JSONScanner, from start: Int, end: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while position &+ 8 <= end {
            let word = scanner.word64(at: position) ^ (ones &* 0x0A)
            let found = (word &- ones) & ~word & (ones &* 0x80)
            if found != 0 { return position &+ found.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < end, scanner.bytes[position] != 0x0A { position &+= 1 }
        return position
    }

    /// A byte order mark is not JSON (RFC 8259 §8.1), and deserves its own words.
    private static func checkByteOrderMark(_ scanner: JSONScanner) throws(MalformedJSON) {
        let start = scanner.position
        if scanner.end &- start >= 3, scanner.bytes[start] == 0xEF, scanner.bytes[start &+ 1] == 0xBB,
            scanner.bytes[start &+ 2] == 0xBF
        {
            throw scanner.failure(.byteOrderMark)
        }
    }

    private static func checkEnd(_ scanner: inout JSONScanner) throws(MalformedJSON) {
        scanner.skipWhitespace()
        guard scanner.position == scanner.end else { throw scanner.failure(.trailingBytes) }
    }
}
