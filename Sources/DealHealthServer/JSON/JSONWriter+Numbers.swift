extension JSONWriter {
    mutating func integer(_ value: some FixedWidthInteger) {
        element(bytesMax: JSONCursor.integerBytesMax) { $0.append(integer: value) }
    }

    /// Points, 0–100: at most two decimals, halves away from zero.
    mutating func points(_ value: Double) {
        element(bytesMax: JSONCursor.numberBytesMax) { $0.append(points: value) }
    }

    /// Points given in hundredths.
    mutating func points(hundredths: UInt16) {
        element(bytesMax: JSONCursor.numberBytesMax) { $0.append(scaled: Int(hundredths), scale: 100, digits: 2) }
    }

    /// A share in [0, 1]: at most four decimals, halves away from zero.
    mutating func share(_ value: Double) {
        element(bytesMax: JSONCursor.numberBytesMax) { $0.append(share: value) }
    }

    /// The shortest text that reads back as the same number; null for what JSON has no number for.
    mutating func number(_ value: Double) {
        element(bytesMax: JSONCursor.numberBytesMax) { $0.append(number: value) }
    }
}
