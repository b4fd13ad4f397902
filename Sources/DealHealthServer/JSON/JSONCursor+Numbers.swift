extension JSONCursor {
    /// A sign and the digits of 64 bits.
    static let integerBytesMax = 21
    /// The longest text of a `Double`, or an integer, a point and four decimals.
    static let numberBytesMax = 32

    @inline(__always)
    mutating func append(integer value: some FixedWidthInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: UInt64(value.magnitude))
    }

    /// Points, 0–100: at most two decimals, halves away from zero.
    mutating func append(points value: Double) {
        append(rounded: value, scale: 100, digits: 2)
    }

    /// A share in [0, 1]: at most four decimals, halves away from zero.
    mutating func append(share value: Double) {
        append(rounded: value, scale: 10_000, digits: 4)
    }

    /// The shortest text that reads back as the same number; null for what JSON has no number for.
    mutating func append(number value: Double) {
        guard value.isFinite else { return append("null") }
        if let integer = Int64(exactly: value), integer.magnitude < 1 << 53 { return append(integer: integer) }
        var text = value.description
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Puts `value / scale` exactly, without trailing zeros; `scale` MUST be 10 to the power of `digits`. Inlined, so that it is a
    /// constant to divide by.
    @inline(__always)
    mutating func append(scaled value: Int, scale: Int, digits: Int) {
        let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: UInt64(whole))
        guard rest > 0 else { return }
        var fraction = rest
        var width = digits
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        append(UInt8(ascii: "."))
        append(decimal: UInt64(fraction), width: width)
    }

    @inline(__always)
    private mutating func append(rounded value: Double, scale: Int, digits: Int) {
        guard value.isFinite, value.magnitude < 1e12 else { return append(number: value) }
        append(scaled: Int((value * Double(scale)).rounded(.toNearestOrAwayFromZero)), scale: scale, digits: digits)
    }
}
