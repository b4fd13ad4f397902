import DealHealthCore

/// Reads RFC 3339 times by the letter of `Timestamp(rfc3339:)`'s promise, with other means: fields cut at fixed places, days counted
/// from the year 1.
enum PlainTime {
    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

    /// Microseconds since 1970; nil if `text` is no time that the wire format knows.
    static func microseconds(_ text: [UInt8]) -> Int64? {
        guard (19...64).contains(text.count) else { return nil }
        // Each byte stands for itself, be it UTF-8 or not.
        let characters = text.map { Character(Unicode.Scalar($0)) }
        guard matches(characters[..<19], "dddd-dd-ddTdd:dd:dd") else { return nil }
        let (year, month, day) = (number(characters[0..<4]), number(characters[5..<7]), number(characters[8..<10]))
        let (hour, minute, second) = (
            number(characters[11..<13]), number(characters[14..<16]), number(characters[17..<19])
        )
        var rest = characters[19...]
        var fraction: Int64 = 0
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { isDigit($0) }
            if digits.isEmpty { return nil }
            fraction = Int64(number(Array((String(digits) + "000000").prefix(6))[...]))
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
        return Int64(seconds) * 1_000_000 + fraction
    }

    private static func offsetMinutes(_ text: ArraySlice<Character>) -> Int? {
        if text.isEmpty || text == ["Z"] || text == ["z"] { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-", matches(text.dropFirst(), "dd:dd") else { return nil }
        let (hours, minutes) = (number(text.dropFirst().prefix(2)), number(text.suffix(2)))
        guard hours <= 23, minutes <= 59 else { return nil }
        return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
    }

    /// Whether each character is the pattern's; `d` is any digit, `T` what may stand between date and time.
    private static func matches(_ text: ArraySlice<Character>, _ pattern: String) -> Bool {
        text.count == pattern.count
            && zip(text, pattern).allSatisfy { character, wanted in
                switch wanted {
                case "d": isDigit(character)
                case "T": "Tt ".contains(character)
                default: character == wanted
                }
            }
    }

    private static func isDigit(_ character: Character) -> Bool {
        "0123456789".contains(character)
    }

    private static func number(_ digits: ArraySlice<Character>) -> Int {
        Int(String(digits)) ?? 0
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
