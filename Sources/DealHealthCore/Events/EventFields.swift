/// Why an event is refused, in words for its sender.
struct Refusal: Error {
    let reason: String
}

/// The known fields of one event as found in its text, and what the wire format demands of each.
///
/// A field whose value is null counts as absent: producers write null for what they leave out.
struct EventFields {
    private var values = InlineArray<20, JSONValue>(repeating: JSONValue())
    /// Fields seen, null or not, as a set of bits.
    private(set) var seen: UInt32 = 0
    /// Fields seen as null.
    private(set) var nulls: UInt32 = 0

    mutating func removeAll() {
        seen = 0
        nulls = 0
    }

    /// Marks a field as seen; false if it was seen before.
    @inline(__always)
    mutating func insert(_ field: EventField) -> Bool {
        let isNew = seen & field.bit == 0
        seen |= field.bit
        return isNew
    }

    /// Sets the value of a field that was inserted.
    @inline(__always)
    mutating func set(_ field: EventField, to value: JSONValue) {
        values[Int(field.rawValue)] = value
        if value.kind == .null { nulls |= field.bit }
    }

    /// The field's value; nil if it is absent or null.
    @inline(__always)
    subscript(field: EventField) -> JSONValue? {
        seen & ~nulls & field.bit == 0 ? nil : values[Int(field.rawValue)]
    }

    @inline(__always)
    func required(_ field: EventField) throws(Refusal) -> JSONValue {
        guard let value = self[field] else { throw Refusal(reason: "missing field `\(field.key)`") }
        return value
    }

    // MARK: demands on a value

    /// A string, of any length.
    @inline(__always)
    func string(_ field: EventField, _ value: JSONValue) throws(Refusal) -> JSONString {
        guard value.kind == .string else { throw wrongKind(field, "a string", value) }
        return value.string
    }

    @inline(__always)
    func bool(_ field: EventField, _ value: JSONValue) throws(Refusal) -> Bool {
        guard value.kind == .true || value.kind == .false else { throw wrongKind(field, "true or false", value) }
        return value.kind == .true
    }

    /// A number that a `Double` can hold.
    @inline(__always)
    func number(_ field: EventField, _ value: JSONValue) throws(Refusal) -> Double {
        guard value.kind == .number else { throw wrongKind(field, "a number", value) }
        guard value.number.isFinite else {
            throw Refusal(reason: "`\(field.key)` must be a number from -1.8e308 to 1.8e308")
        }
        return value.number
    }

    /// A number in `[0, upperBound]`.
    @inline(__always)
    func number(
        _ field: EventField, _ value: JSONValue, upTo upperBound: Int, in reader: CanonicalReader
    ) throws(Refusal) -> Double {
        guard value.kind == .number, value.number >= 0, value.number <= Double(upperBound) else {
            throw wrong(field, "a number from 0 to \(upperBound)", value, in: reader)
        }
        return value.number
    }

    /// An integer literal of 64 bits: `1.0` and `1e3` are none, lest 2^53 + 1 become 2^53 on its way.
    @inline(__always)
    func integer(_ field: EventField, _ value: JSONValue, in reader: CanonicalReader) throws(Refusal) -> Int64 {
        guard value.kind == .number, let integer = value.integer else {
            throw wrong(field, "an integer of 64 bits, written without fraction or exponent", value, in: reader)
        }
        return integer
    }

    // MARK: reasons

    @inline(never)
    private func wrongKind(_ field: EventField, _ allowed: String, _ value: JSONValue) -> Refusal {
        Refusal(reason: "`\(field.key)` must be \(allowed), got \(value.kindDescription)")
    }

    /// Repeats the value where it is a number or a string.
    @inline(never)
    func wrong(_ field: EventField, _ allowed: String, _ value: JSONValue, in reader: CanonicalReader) -> Refusal {
        let got =
            switch value.kind {
            case .number: reader.excerpt(start: value.start, end: value.end)
            case .string: "\"\(reader.excerpt(value.string))\""
            default: value.kindDescription
            }
        return Refusal(reason: "`\(field.key)` must be \(allowed), got \(got)")
    }
}
