/// A number of the text, taken apart: `± mantissa · 10^exponent`.
struct JSONNumber {
    /// The text, `[start, end)`.
    var start: Int
    var end: Int
    var isNegative = false
    /// The first 19 significant digits.
    var mantissa: UInt64 = 0
    /// Power of ten of the mantissa, clamped to ±10,000.
    var exponent = 0
    /// Whether there are more digits than `mantissa` holds.
    var isTruncated = false
    /// Whether it is written without fraction and exponent.
    var isInteger = true

    /// Above this not every integer is a `Double`.
    private static let exactIntegerMax: UInt64 = 1 << 53

    /// The value of an integer literal that fits; nil for others.
    var int64: Int64? {
        guard isInteger, !isTruncated else { return nil }
        if isNegative {
            return mantissa <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- mantissa) : nil
        }
        return Int64(exactly: mantissa)
    }

    /// Whether the literal is an integer that a `Double` need not hold exactly.
    var isLargeInteger: Bool {
        isInteger && (isTruncated || mantissa > Self.exactIntegerMax)
    }

    /// The nearest `Double`, infinite if there is none; `bytes` is the text.
    func value(in bytes: UnsafePointer<UInt8>) -> Double {
        guard let magnitude = magnitude else {
            let text = String(decoding: UnsafeBufferPointer(start: bytes + start, count: end &- start), as: UTF8.self)
            return Double(text) ?? .infinity
        }
        return isNegative ? -magnitude : magnitude
    }

    /// The absolute value where it takes one correctly rounded operation; nil where it does not.
    @inline(__always)
    private var magnitude: Double? {
        if mantissa == 0 { return 0 }
        if isTruncated { return nil }
        if exponent == 0 { return Double(mantissa) }
        // Both operands are exact, so that the one rounding is right (Clinger, "How to read floating point numbers
        // accurately", 1990).
        if mantissa <= Self.exactIntegerMax, exponent >= -22, exponent <= 22 {
            let power = Self.power(abs(exponent))
            return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        }
        if exponent < 0, exponent >= -19 {
            return Self.quotient(mantissa, by: Self.integerPower(0 &- exponent))
        }
        return nil
    }

    /// `dividend / divisor`, correctly rounded, both in `[1, 2^64)`: the 17 digits that Python and JavaScript write
    /// for a `Double` between 0 and 1 do not fit Clinger's way.
    ///
    /// Both are shifted up to their highest bit, so that the quotient has 63 or 64 bits; whether anything remains
    /// goes into its lowest bit, which lies below the one that decides rounding. `Double(UInt64)` rounds to nearest.
    private static func quotient(_ dividend: UInt64, by divisor: UInt64) -> Double {
        let dividendShift = dividend.leadingZeroBitCount
        let divisorShift = divisor.leadingZeroBitCount
        let high = dividend << dividendShift
        let (bits, rest) = (divisor << divisorShift).dividingFullWidth((high >> 1, high << 63))
        let scale = Double(sign: .plus, exponent: divisorShift &- dividendShift &- 63, significand: 1)
        return Double(rest == 0 ? bits : bits | 1) * scale
    }

    private static func integerPower(_ exponent: Int) -> UInt64 {
        integerPowers.withUnsafeBufferPointer { $0[exponent] }
    }

    private static func power(_ exponent: Int) -> Double {
        powers.withUnsafeBufferPointer { $0[exponent] }
    }

    /// 10^0 to 10^19: all that fit.
    private static let integerPowers: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// 10^0 to 10^22: all that are exact.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
