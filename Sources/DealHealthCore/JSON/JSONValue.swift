/// A value of the text, found but not copied.
struct JSONValue {
    enum Kind: UInt8 {
        case null, `false`, `true`, number, string, object, array
    }

    var kind = Kind.null
    /// String: whether its content has escapes.
    var hasEscapes = false
    /// A string's content without the quotes; otherwise the whole value. `[start, end)`.
    var start = 0
    var end = 0
    /// Number: the nearest `Double`, or infinity.
    var number = 0.0
    /// Number: its value, if it is an integer literal that fits.
    var integer: Int64?

    /// The string; only for one.
    var string: JSONString {
        JSONString(start: start, end: end, hasEscapes: hasEscapes)
    }

    /// "a string", for the sender.
    var kindDescription: String {
        switch kind {
        case .null: "null"
        case .false: "false"
        case .true: "true"
        case .number: "a number"
        case .string: "a string"
        case .object: "an object"
        case .array: "an array"
        }
    }
}
