/// Reads the values of one event and hashes them canonically in the same pass; notes the first fault that refuses the
/// event alone (invalid strings, duplicate keys, depth) and reads on.
struct CanonicalReader {
    var scanner: JSONScanner
    let hashKey: HashKey
    /// The first fault of the event, in words for its sender.
    var fault: String?
    /// The event's member being read, which a fault names.
    var member = JSONString(start: 0, end: 0)
    /// A string's value while it is needed; kept for its capacity.
    var scratch: [UInt8] = []

    init(scanner: JSONScanner, hashKey: HashKey) {
        self.scanner = scanner
        self.hashKey = hashKey
    }

    /// Consumes one value, which is the member `name` of an object; `depth` is the number of containers around it.
    @inline(__always)
    mutating func value(name: UInt64, depth: Int) throws(MalformedJSON) -> (value: JSONValue, hash: Hash128) {
        switch try scanner.nextByte() {
        case UInt8(ascii: "\""):
            let string = try scanner.string()
            note(string)
            let value = JSONValue(
                kind: .string, hasEscapes: string.hasEscapes, start: string.start, end: string.end)
            return (value, hash(string, name: name))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return number(try scanner.number(), name: name)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return try container(name: name, depth: depth)
        default:
            let start = scanner.position
            let kind = try scanner.literal()
            let tag: CanonicalHash.Tag = kind == .null ? .null : kind == .true ? .true : .false
            var hash = CanonicalHash(key: hashKey, tag: tag, name: name)
            hash.absorb(0)
            return (JSONValue(kind: kind, start: start, end: scanner.position), hash.finalize())
        }
    }

    /// Calls `body` with the string's value: the bytes of the text, or a copy if it has escapes.
    @inline(__always)
    mutating func withValue<Result>(of string: JSONString, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard string.hasEscapes else {
            let start = UnsafeRawPointer(scanner.bytes + string.start)
            return body(UnsafeRawBufferPointer(start: start, count: string.end &- string.start))
        }
        scratch.removeAll(keepingCapacity: true)
        string.appendValue(of: scanner.bytes, to: &scratch)
        return scratch.withUnsafeBytes(body)
    }

    @inline(__always)
    private mutating func hash(_ string: JSONString, name: UInt64) -> Hash128 {
        var hash = CanonicalHash(key: hashKey, tag: .string, name: name)
        withValue(of: string) { hash.absorb(last: $0) }
        return hash.finalize()
    }

    @inline(__always)
    private func number(_ number: JSONNumber, name: UInt64) -> (value: JSONValue, hash: Hash128) {
        let double = number.value(in: scanner.bytes)
        let value = JSONValue(
            kind: .number, start: number.start, end: number.end, number: double, integer: number.int64)
        if number.isLargeInteger || !double.isFinite {
            var hash = CanonicalHash(key: hashKey, tag: .numberText, name: name)
            let start = UnsafeRawPointer(scanner.bytes + number.start)
            hash.absorb(last: UnsafeRawBufferPointer(start: start, count: number.end &- number.start))
            return (value, hash.finalize())
        }
        var hash = CanonicalHash(key: hashKey, tag: .number, name: name)
        hash.absorb(double == 0 ? 0 : double.bitPattern)
        return (value, hash.finalize())
    }

    /// Consumes an object or array. Recursive, at most `Limits.jsonDepthMax` deep: past that it is only skipped.
    @inline(never)
    private mutating func container(
        name: UInt64, depth: Int
    ) throws(MalformedJSON) -> (value: JSONValue, hash: Hash128) {
        let start = scanner.position
        let isObject = scanner.bytes[start] == UInt8(ascii: "{")
        var hash = CanonicalHash(key: hashKey, tag: isObject ? .object : .array, name: name)
        if depth >= Limits.jsonDepthMax {
            note { "`\($0)` is nested too deep: an event may nest \(Limits.jsonDepthMax) levels" }
            try scanner.skipValue()
        } else if isObject {
            hash.absorb(try members(depth: depth))
        } else {
            try elements(depth: depth, into: &hash)
        }
        let value = JSONValue(kind: isObject ? .object : .array, start: start, end: scanner.position)
        return (value, hash.finalize())
    }

    /// Consumes an object: the sum of its members' hashes.
    private mutating func members(depth: Int) throws(MalformedJSON) -> Hash128 {
        var sum = Hash128(low: 0, high: 0)
        var keys = KeySet()
        guard try scanner.open(closing: UInt8(ascii: "}")) else { return sum }
        repeat {
            let key = try scanner.key()
            note(key, isKey: true)
            let hashKey = hashKey
            let name = withValue(of: key) { CanonicalHash.name(of: $0, hashKey: hashKey) }
            if !keys.insert(name) {
                let text = excerpt(key)
                note { "duplicate key `\(text)` inside `\($0)`" }
            }
            sum &+= try value(name: name, depth: depth &+ 1).hash
        } while try scanner.comma(orClosing: UInt8(ascii: "}"))
        return sum
    }

    /// Consumes an array: its elements' hashes and their number.
    private mutating func elements(depth: Int, into hash: inout CanonicalHash) throws(MalformedJSON) {
        var count: UInt64 = 0
        if try scanner.open(closing: UInt8(ascii: "]")) {
            repeat {
                hash.absorb(try value(name: 0, depth: depth &+ 1).hash)
                count &+= 1
            } while try scanner.comma(orClosing: UInt8(ascii: "]"))
        }
        hash.absorb(count)
    }
}
