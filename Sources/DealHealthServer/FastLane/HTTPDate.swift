import DealHealthCore
import Foundation

/// The value of the `Date` field (RFC 9110 §5.6.7, IMF-fixdate).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func now() -> String {
        text(Int(Date.now.timeIntervalSince1970))
    }

    /// `Tue, 24 Nov 2026 07:51:12 GMT`, for seconds since 1970, in years [1970, 9999].
    static func text(_ seconds: Int) -> String {
        // `2026-11-24T07:51:12.000000Z`
        let time = Array(Timestamp(microseconds: Int64(seconds) * 1_000_000).description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: time[range], as: UTF8.self) }
        let day = days[seconds / 86_400 % 7]
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "\(day), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}
