/// Reads RFC 3339 times by the letter of `Timestamp(rfc3339:)`'s promise, with other means: fields cut at fixed places, days counted
/// from the year 1.
enum PlainTime {
    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

    /// Microseconds since 1970; nil if `text` is no time that the wire format knows.
    static func microseconds(_ text: [UInt8]) -> Int64? {
        guard (19...64).contains(text.count), matches(text[..<19], "dddd-dd-ddTdd:dd:dd") else { return nil }
        let (year, month, day) = (number(text[0..<4]), number(text[5..<7]), number(text[8..<10]))
        let (hour, minute, second) = (number(text[11..<13]), number(text[14..<16]), number(text[17..<19]))
        var rest = text[19...]
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { isDigit($0) }
            if digits.isEmpty { return nil }
            fraction = number((digits + Array("000000".utf8)).prefix(6))
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offsetMinutes(rest), year >= 1970, (1...12).contains(month), day >= 1,
            day <= daysBefore[month] - daysBefore[month - 1] + (month == 2 && isLeap(year) ? 1 : 0),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        let days =
            yearsDays(year) - yearsDays(1970) + daysBefore[month - 1] + (month > 2 && isLeap(year) ? 1 : 0) + day - 1
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        let end = (yearsDays(10_000) - yearsDays(1970)) * 86_400
        guard seconds >= 0, seconds < end else { return nil }
        return Int64(seconds * 1_000_000 + fraction)
    }

    private static func offsetMinutes(_ text: ArraySlice<UInt8>) -> Int? {
        if text.isEmpty || matches(text, "Z") || matches(text, "z") { return 0 }
        guard matches(text, "+dd:dd") || matches(text, "-dd:dd") else { return nil }
        let (hours, minutes) = (number(text.dropFirst().prefix(2)), number(text.suffix(2)))
        guard hours <= 23, minutes <= 59 else { return nil }
        return (hours * 60 + minutes) * (text.first == UInt8(ascii: "-") ? -1 : 1)
    }

    /// Whether each byte is the pattern's; `d` is any digit, `T` what may stand between date and time.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        text.count == pattern.utf8.count
            && zip(text, pattern.utf8).allSatisfy { byte, wanted in
                switch wanted {
                case UInt8(ascii: "d"): isDigit(byte)
                case UInt8(ascii: "T"): "Tt ".utf8.contains(byte)
                default: byte == wanted
                }
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days of the years [1, year).
    private static func yearsDays(_ year: Int) -> Int {
        let years = year - 1
        return years * 365 + years / 4 - years / 100 + years / 400
    }
}
