extension Timestamp {
    /// Parses RFC 3339 §5.6 `date-time`: `2026-11-24T05:56:52.123456+01:00`.
    ///
    /// Without an offset the time is UTC; `t`, a space for `T` and `z` are taken (§5.6 note); decimals beyond the sixth are
    /// cut. Years [1970, 9999]: nobody verified a coupon before. Second 60 is the first of the next minute.
    /// Nil when the text is anything else.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        guard text.count >= 19, text.count <= 64,
            text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = Self.digits(text, 0, 4), let month = Self.digits(text, 5, 2),
            let day = Self.digits(text, 8, 2), let hour = Self.digits(text, 11, 2),
            let minute = Self.digits(text, 14, 2), let second = Self.digits(text, 17, 2),
            year >= 1970, month >= 1, month <= 12, day >= 1, day <= Self.daysInMonth(month, year: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }

        var position = 19
        var fraction: Int64 = 0
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            var unit: Int64 = 100_000
            while position < text.count, let digit = Self.digits(text, position, 1) {
                fraction += Int64(digit) * unit
                unit /= 10
                position += 1
            }
            if position == start { return nil }
        }

        guard let offsetMinutes = Self.offsetMinutes(text, from: position) else { return nil }
        let days = Self.daysFromCivil(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3_600 + (minute - offsetMinutes) * 60 + second)
        guard seconds >= 0, seconds <= Self.secondsMax else { return nil }
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// Parses RFC 3339 text; nil when it is anything else.
    public init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    /// 9999-12-31T23:59:59Z: an offset may not carry a time past the last year that can be written.
    private static let secondsMax: Int64 = 253_402_300_799

    /// Minutes east of UTC written at `position`, up to the end of the text; nil if malformed.
    private static func offsetMinutes(_ text: UnsafeRawBufferPointer, from position: Int) -> Int? {
        let rest = text.count - position
        if rest == 0 { return 0 }
        let sign = text[position]
        if rest == 1 { return sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") ? 0 : nil }
        guard rest == 6, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            text[position + 3] == UInt8(ascii: ":"),
            let hours = digits(text, position + 1, 2), let minutes = digits(text, position + 4, 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign == UInt8(ascii: "+") ? hours * 60 + minutes : -(hours * 60 + minutes)
    }

    private static func digits(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            let digit = Int(text[index]) - 48
            guard digit >= 0, digit <= 9 else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a civil date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Bytes of the text that is written: `2026-11-24T05:56:52.123456Z`.
    public static let rfc3339BytesCount = 27

    /// Writes `2026-11-24T05:56:52.123456Z`, always UTC, always six decimals, to the front of `space`, which MUST have room.
    public func writeRFC3339(to space: UnsafeMutableRawBufferPointer) {
        precondition(space.count >= Self.rfc3339BytesCount, "the text has room")
        let (days, microsecondOfDay) = Self.floorDivide(microseconds, 86_400_000_000)
        let (year, month, day) = Self.civil(fromDays: Int(days))
        let second = UInt32(truncatingIfNeeded: microsecondOfDay / 1_000_000)
        let fraction = UInt32(truncatingIfNeeded: microsecondOfDay % 1_000_000)
        func put(_ value: UInt32, at index: Int) {
            space.storeBytes(of: TwoDigits.text(UInt64(value % 100)), toByteOffset: index, as: UInt16.self)
        }
        put(year / 100, at: 0)
        put(year, at: 2)
        space[4] = UInt8(ascii: "-")
        put(month, at: 5)
        space[7] = UInt8(ascii: "-")
        put(day, at: 8)
        space[10] = UInt8(ascii: "T")
        put(second / 3_600, at: 11)
        space[13] = UInt8(ascii: ":")
        put(second / 60 % 60, at: 14)
        space[16] = UInt8(ascii: ":")
        put(second % 60, at: 17)
        space[19] = UInt8(ascii: ".")
        put(fraction / 10_000, at: 20)
        put(fraction / 100, at: 22)
        put(fraction, at: 24)
        space[26] = UInt8(ascii: "Z")
    }

    /// Appends what `writeRFC3339` writes.
    public func appendRFC3339(_ append: (UInt8) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: Self.rfc3339BytesCount, alignment: 1) { space in
            writeRFC3339(to: space)
            for byte in space { append(byte) }
        }
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The civil date of a day number, of years [0, 9999] (Neri and Schneider, "Euclidean affine functions and their application
    /// to calendar algorithms", 2022: multiplications in the place of most divisions).
    private static func civil(fromDays days: Int) -> (year: UInt32, month: UInt32, day: UInt32) {
        let shifted = 4 &* UInt32(truncatingIfNeeded: days + 719_468) &+ 3
        let century = shifted / 146_097
        let product = 2_939_745 &* UInt64(shifted % 146_097 | 3)
        let yearOfCentury = UInt32(truncatingIfNeeded: product >> 32)
        let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
        let monthAndDay = 2_141 &* dayOfYear &+ 197_913
        // The year begins in March here.
        let isNext: UInt32 = dayOfYear >= 306 ? 1 : 0
        return (
            century &* 100 &+ yearOfCentury &+ isNext, monthAndDay >> 16 &- 12 &* isNext,
            (monthAndDay & 0xFFFF) / 2_141 &+ 1
        )
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendRFC3339 { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
