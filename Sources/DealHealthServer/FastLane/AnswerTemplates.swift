import Foundation
import HTTPTypes
import NIOCore

/// The parts of the fast lane's answers that do not depend on the deal, as the slow lane's encoder writes them. Made anew each
/// second, for the `Date` field.
struct AnswerTemplates {
    /// The head of a 200; three zeros stand in the place of the body's length.
    let okHead: [UInt8]
    /// A whole 404 for a deal that is not known.
    let unknownDeal: [UInt8]
    /// When the second ends that they tell.
    let expiresAt: NIODeadline

    private static let okStart = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    /// Where the length stands in `okHead`.
    static let lengthOffset = okStart.utf8.count
    /// Every body's length has three digits: the members alone are over 100 bytes, and with the longest id and numbers under 800.
    static let bodyCounts = 100...999

    private static let problem = Array(Problem.unknownDeal.json.buffer.readableBytesView)

    init(now: NIODeadline) {
        let seconds = Date.now.timeIntervalSince1970
        let date = HTTPDate.text(Int(seconds))
        okHead = Array("\(Self.okStart)000\r\nDate: \(date)\r\n\r\n".utf8)
        let status = Problem.unknownDeal.status
        let head =
            "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nContent-Type: application/problem+json\r\n"
            + "Content-Length: \(Self.problem.count)\r\nDate: \(date)\r\n\r\n"
        unknownDeal = Array(head.utf8) + Self.problem
        expiresAt = now + .nanoseconds(Int64((1 - seconds.truncatingRemainder(dividingBy: 1)) * 1e9))
    }
}
