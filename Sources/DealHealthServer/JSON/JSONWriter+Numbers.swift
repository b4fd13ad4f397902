extension JSONWriter {
    /// A sign and the digits of 64 bits.
    private static let integerBytesMax = 21

    mutating func integer(_ value: some FixedWidthInteger) {
        element(bytesMax: Self.integerBytesMax) { cursor in
            if value < 0 { cursor.append(UInt8(ascii: "-")) }
            cursor.append(decimal: UInt64(value.magnitude))
        }
    }

    /// Points, 0–100: at most two decimals, halves away from zero.
    mutating func points(_ value: Double) {
        decimal(value, scale: 100, digits: 2)
    }

    /// Points given in hundredths.
    mutating func points(hundredths: UInt16) {
        scaled(Int(hundredths), scale: 100, digits: 2)
    }

    /// A share in [0, 1]: at most four decimals, halves away from zero.
    mutating func share(_ value: Double) {
        decimal(value, scale: 10_000, digits: 4)
    }

    /// The shortest text that reads back as the same number; null for what JSON has no number for.
    mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if let integer = Int64(exactly: value), integer.magnitude < 1 << 53 { return self.integer(integer) }
        var text = value.description
        text.withUTF8 { text in
            element(bytesMax: text.count) { $0.append(UnsafeRawBufferPointer(text)) }
        }
    }

    private mutating func decimal(_ value: Double, scale: Int, digits: Int) {
        guard value.isFinite, value.magnitude < 1e12 else { return number(value) }
        scaled(Int((value * Double(scale)).rounded(.toNearestOrAwayFromZero)), scale: scale, digits: digits)
    }

    /// Writes `value / scale` exactly, without trailing zeros; `scale` MUST be 10 to the power of `digits`.
    private mutating func scaled(_ value: Int, scale: Int, digits: Int) {
        let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
        element(bytesMax: Self.integerBytesMax + 1 + digits) { cursor in
            if value < 0 { cursor.append(UInt8(ascii: "-")) }
            cursor.append(decimal: UInt64(whole))
            guard rest > 0 else { return }
            var fraction = rest
            var width = digits
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            cursor.append(UInt8(ascii: "."))
            cursor.append(decimal: UInt64(fraction), width: width)
        }
    }
}
