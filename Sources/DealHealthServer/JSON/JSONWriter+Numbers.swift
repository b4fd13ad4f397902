extension JSONWriter {
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
        number(text: value.description)
    }

    private mutating func decimal(_ value: Double, scale: Int, digits: Int) {
        guard value.isFinite, value.magnitude < 1e12 else { return number(value) }
        scaled(Int((value * Double(scale)).rounded(.toNearestOrAwayFromZero)), scale: scale, digits: digits)
    }

    /// Writes `value / scale` exactly, without trailing zeros; `scale` MUST be 10 to the power of `digits`.
    private mutating func scaled(_ value: Int, scale: Int, digits: Int) {
        let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
        var text = value < 0 ? "-" : ""
        text += String(whole)
        if rest > 0 {
            var fraction = rest
            var width = digits
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            let shown = String(fraction)
            text += "." + String(repeating: "0", count: width - shown.utf8.count) + shown
        }
        number(text: text)
    }
}
