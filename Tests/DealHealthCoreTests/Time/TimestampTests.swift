import DealHealthCore
import DealHealthTesting
import Foundation
import Testing

/// Instants: arithmetic, and the text form against Foundation's.
struct TimestampTests {
    /// 9999-12-31T23:59:59.999999Z.
    private static let latest: Int64 = 253_402_300_799_999_999

    @Test func randomInstantSurvivesItsDescription() {
        var generator = SeededGenerator(seed: 3339)
        var wrong: [Timestamp] = []
        for _ in 0..<5_000 {
            let time = Timestamp(microseconds: Int64.random(in: 0...Self.latest, using: &generator))
            let text = time.description
            if Timestamp(rfc3339: text) != time || text.utf8.count != 27 { wrong.append(time) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func firstAndLastInstantSurviveTheirDescription() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp(microseconds: Self.latest).description == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp(rfc3339: "9999-12-31T23:59:59.999999Z")?.microseconds == Self.latest)
    }

    @Test func beforeTheEpochIsStillWritten() {
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    }

    @Test func everyDayOfFourCenturiesIsWrittenAndReadInOrder() {
        var wrong: [String] = []
        var (year, month, day) = (1970, 1, 1)
        for number in 0..<146_097 {
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T12:00:00Z"
            let time = Timestamp(rfc3339: text)
            if time?.microseconds != Int64(number) * 86_400_000_000 + 43_200_000_000 { wrong.append(text) }
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            day += 1
            if day > days { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func randomDateIsWrittenAsFoundationWritesIt() {
        var generator = SeededGenerator(seed: 8601)
        for _ in 0..<500 {
            let seconds = Int64.random(in: 0...Self.latest / 1_000_000, using: &generator)
            let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
            let text = Timestamp(microseconds: seconds * 1_000_000).description
            #expect(text.prefix(19) + "Z" == expected)
        }
    }

    @Test func randomDateWithOffsetIsReadAsFoundationWroteIt() throws {
        var generator = SeededGenerator(seed: 8602)
        for _ in 0..<500 {
            // A day from either end, so that no local time leaves the years that RFC 3339 can write.
            let seconds = Int64.random(in: 86_400...Self.latest / 1_000_000 - 86_400, using: &generator)
            let offsetMinutes = Int.random(in: -14 * 60...14 * 60, using: &generator)
            let zone = try #require(TimeZone(secondsFromGMT: offsetMinutes * 60))
            let style = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone)
            let text = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
            #expect(Timestamp(rfc3339: text)?.microseconds == seconds * 1_000_000, "\(text)")
        }
    }

    @Test func sumAndDifferenceWithDurationAreExact() {
        let time = Timestamp(microseconds: 1_000_000)
        #expect(time + .microseconds(7) == Timestamp(microseconds: 1_000_007))
        #expect(time - .seconds(300) == Timestamp(microseconds: -299_000_000))
        #expect(time + .nanoseconds(999) == time)
        #expect(time - .nanoseconds(999) == time)
    }

    @Test func daysSinceAreSigned() {
        let start = Timestamp(microseconds: 0)
        let end = Timestamp(microseconds: 129_600_000_000)
        #expect(end.days(since: start) == 1.5)
        #expect(start.days(since: end) == -1.5)
        #expect(start < end)
    }

    @Test func durationInOtherUnits() {
        #expect(Duration.milliseconds(1_500).wholeMicroseconds == 1_500_000)
        #expect(Duration.nanoseconds(-1_999).wholeMicroseconds == -1)
        #expect(Duration.milliseconds(250).seconds == 0.25)
    }

    @Test func minuteHoldsEveryInstantUpToYear9999() {
        #expect(Timestamp(microseconds: 59_999_999).minute == 0)
        #expect(Timestamp(microseconds: 60_000_000).minute == 1)
        #expect(Int64(Timestamp(microseconds: Self.latest).minute) == Self.latest / 60_000_000)
        #expect(Timestamp(microseconds: -60_000_000).minute == 0)
    }
}
