/// Reads the events of one request, one at a time, into `events` and `rejected`.
///
/// One pass over the bytes: a member's value is scanned and hashed, and where a known field's value stands is kept;
/// what the fields demand is checked when the object closes, since `type` may come last.
struct EventReader {
    var reader: CanonicalReader
    /// Events later than this are refused.
    let latest: Timestamp
    /// Where the bytes of `appended` will stand in the batch's storage.
    let appendedStart: Int
    /// The place in the request of the next event.
    var index: Int

    var events: [Event] = []
    /// The first of `rejectedCount`: a request may hold hundreds of thousands.
    var rejected: [Rejection] = []
    var rejectedCount = 0
    /// Deal ids that had to be unescaped.
    var appended: [UInt8] = []

    // MARK: the event being read

    var fields = EventFields()
    private var unknownKeys = KeySet()
    /// The sum of the hashes of the members read.
    var membersHash = Hash128(low: 0, high: 0)
    /// The value of `timestamp`; nil if it is absent or no time.
    var time: Timestamp?

    init(reader: CanonicalReader, latest: Timestamp, appendedStart: Int, index: Int) {
        self.reader = reader
        self.latest = latest
        self.appendedStart = appendedStart
        self.index = index
    }

    /// Consumes one value, which ought to be an event, into `events` or `rejected`.
    @inline(__always)
    mutating func element() throws(MalformedJSON) {
        switch try reader.scanner.nextByte() {
        case UInt8(ascii: "{"):
            let start = reader.scanner.position
            try members()
            let count = reader.scanner.position &- start
            if count > Limits.eventBytesMax { noteTooLarge() }
            finish(ByteRange(start: start, count: count))
        case UInt8(ascii: "["): try skip("an event must be a JSON object, got an array")
        case UInt8(ascii: "\""): try skip("an event must be a JSON object, got a string")
        case UInt8(ascii: "t"), UInt8(ascii: "f"): try skip("an event must be a JSON object, got a boolean")
        case UInt8(ascii: "n"): try skip("an event must be a JSON object, got null")
        default: try skip("an event must be a JSON object, got a number")
        }
        index &+= 1
    }

    @inline(never)
    private mutating func skip(_ reason: String) throws(MalformedJSON) {
        try reader.scanner.skipValue()
        reject(reason)
    }

    @inline(never)
    mutating func reject(_ reason: String) {
        rejectedCount &+= 1
        if rejected.count < Limits.rejectionsListedMax {
            rejected.append(Rejection(index: index, reason: reason))
        }
    }

    /// Consumes the object that is next.
    @inline(__always)
    private mutating func members() throws(MalformedJSON) {
        reader.fault = nil
        fields.removeAll()
        unknownKeys.removeAll()
        membersHash = Hash128(low: 0, high: 0)
        time = nil
        let start = reader.scanner.position
        guard try reader.scanner.open(closing: UInt8(ascii: "}")) else { return }
        repeat {
            let key = try reader.scanner.key()
            // The first fault decides; what follows only has to be JSON.
            if reader.fault != nil {
                try reader.scanner.skipValue()
                continue
            }
            reader.member = key
            reader.note(key, isKey: true)
            try member(key)
            if reader.scanner.position &- start > Limits.eventBytesMax { noteTooLarge() }
        } while try reader.scanner.comma(orClosing: UInt8(ascii: "}"))
    }

    @inline(never)
    private mutating func noteTooLarge() {
        reader.note { _ in "an event must be at most \(Limits.eventBytesMax) bytes long" }
    }

    /// Consumes the value of the member `key`.
    @inline(__always)
    private mutating func member(_ key: JSONString) throws(MalformedJSON) {
        let hashKey = reader.hashKey
        let (field, unknownName) = reader.withValue(of: key) { key -> (EventField?, UInt64) in
            if let field = EventField(key: key) { return (field, 0) }
            return (nil, CanonicalHash.name(of: key, hashKey: hashKey))
        }
        guard let field else {
            if !unknownKeys.insert(unknownName) { noteDuplicate() }
            membersHash &+= try reader.value(name: unknownName, depth: 1).hash
            return
        }
        if !fields.insert(field) { noteDuplicate() }
        let byte = try reader.scanner.nextByte()
        if byte == UInt8(ascii: "\""), field == .timestamp {
            try timestamp()
            return
        }
        let (value, hash) = try reader.value(name: UInt64(field.rawValue), depth: 1)
        fields.set(field, to: value)
        // Whether a null counts depends on the type, see `finish`.
        if value.kind != .null, field != .eventID { membersHash &+= hash }
    }

    /// Consumes the string that is the value of `timestamp`, which is hashed by its instant.
    @inline(__always)
    private mutating func timestamp() throws(MalformedJSON) {
        let string = try reader.scanner.string()
        reader.note(string)
        fields.set(
            .timestamp,
            to: JSONValue(kind: .string, hasEscapes: string.hasEscapes, start: string.start, end: string.end))
        time = reader.withValue(of: string) { Timestamp(rfc3339: $0) }
        guard let time else { return }
        let name = UInt64(EventField.timestamp.rawValue)
        var hash = CanonicalHash(key: reader.hashKey, tag: .instant, name: name)
        hash.absorb(UInt64(bitPattern: time.microseconds))
        membersHash &+= hash.finalize()
    }

    @inline(never)
    private mutating func noteDuplicate() {
        reader.note { "duplicate key `\($0)`" }
    }
}
