import Foundation
import HTTPTypes
import NIOCore

/// The parts of the fast lane's answers that do not depend on the deal, as the slow lane's encoder writes them. Made anew each
/// second, for the `Date` field, and with each bucket of time that entity tags tell apart.
final class AnswerTemplates: Sendable {
    /// Bytes that end an answer's head, or are a whole one: two forms of them.
    struct Tail {
        /// The connection stays open.
        let open: [UInt8]
        /// `Connection: close`.
        let last: [UInt8]

        fileprivate init(open: [UInt8], last: [UInt8]) {
            self.open = open
            self.last = last
        }

        subscript(endsConnection endsConnection: Bool) -> [UInt8] {
            endsConnection ? last : open
        }
    }

    /// The head of a 200 for one deal as far as the LSN in its `ETag`; three zeros stand in the place of the body's length.
    let okStart: [UInt8]
    /// The head of a 304 as far as the same place.
    let unmodifiedStart: [UInt8]
    /// What ends every head, behind the fields that an answer has for its request alone.
    let end: Tail
    /// A whole 503 for a request that is turned away.
    let shed: Tail
    /// What `HealthTag.bucket` is in `okStart` and `unmodifiedStart`.
    let bucket: UInt64
    /// When the second ends that they tell.
    let expiresAt: NIODeadline

    /// Where the length stands in `okStart`.
    static let lengthOffset = okLine.utf8.count
    /// Every body's length has three digits: the members alone are over 100 bytes, and with the longest id and numbers under 800.
    static let bodyCounts = 100...999
    /// Bytes of the longest head: each is under 300.
    static let headBytesMax = 512

    private static let okLine =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nContent-Length: "
    /// The head of a 200 for many deals as far as the body's length.
    static let manyStart = Array(okLine.utf8)
    /// What follows the LSN in `okStart` and `unmodifiedStart`.
    static let tagEnd = Array("\"\r\nCache-Control: \(CacheControl.revalidated)\r\n".utf8)
    /// A field of an answer that is not to be kept.
    static let noStore = Array("Cache-Control: \(CacheControl.noStore)\r\n".utf8)
    /// Bytes of the body in `shed`.
    static let shedBodyCount = Problem.shed.json.buffer.readableBytes
    /// The body of a 404 for a deal that is not known.
    static let unknownBody = Array(Problem.unknownDeal.json.buffer.readableBytesView)
    /// Its head, as far as `noStore`.
    static let unknownStart = Array(
        ("HTTP/1.1 \(Problem.unknownDeal.status.code) \(Problem.unknownDeal.status.reasonPhrase)\r\n"
            + "Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
            + "Content-Length: \(unknownBody.count)\r\n").utf8)

    init(now: NIODeadline, bucket: UInt64) {
        let seconds = Date.now.timeIntervalSince1970
        let date = HTTPDate.text(Int(seconds))
        let tag = HealthTag.start(bucket: bucket)
        okStart = Array("\(Self.okLine)000\r\nETag: \(tag)".utf8)
        unmodifiedStart = Array("HTTP/1.1 304 Not Modified\r\nETag: \(tag)".utf8)
        let dateLine = "Date: \(date)\r\n\r\n"
        end = Tail(open: Array(dateLine.utf8), last: Array("Connection: close\r\n\(dateLine)".utf8))
        shed = Tail(open: Problem.shed.wholeAnswer().bytes(), last: Problem.shed.lastAnswer)
        self.bucket = bucket
        expiresAt = now + .nanoseconds(Int64((1 - seconds.truncatingRemainder(dividingBy: 1)) * 1e9))
    }
}
