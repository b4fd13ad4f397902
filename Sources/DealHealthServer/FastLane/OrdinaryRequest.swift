/// What the bytes at the front of a connection's input are: the one place that decides which requests the fast lane answers,
/// and which it can hand to the slow lane knowing where they end.
///
/// *Ordinary form* is a narrow part of RFC 9112 on which no two parsers differ: `METHOD SP /target SP HTTP/1.1 CRLF`, field
/// lines of a token, a colon and printable ASCII, each ended by CRLF, exactly one `Host`, at most one `Content-Length` of
/// digits, and nothing that changes the framing or the connection. All else is `uncertain`, which is never an error: the slow
/// lane's parser decides what it is, and this one is not asked again on that connection. So the lanes cannot disagree on where
/// a request begins.
///
/// A pure function of the bytes; ranges are relative to the first of them.
enum OrdinaryRequest: Equatable {
    /// Ordinary so far, but the head has not ended yet.
    case incomplete
    /// `GET /v1/deals/{id}/health` without query, condition or body. `id` needs no decoding, and no escaping in JSON.
    case healthRead(id: Range<Int>, headCount: Int)
    /// Another request in ordinary form: `headCount` bytes of head, then `bodyCount` of body.
    case other(headCount: Int, bodyCount: Int)
    /// Not in ordinary form: where it ends is for the slow lane to find out.
    case uncertain

    /// Bytes of a head in ordinary form: some cookies and a token fit, and parsing a head again as its bytes arrive stays cheap.
    static let headBytesMax = 8 << 10
    /// Field lines of a head in ordinary form. Fewer than the slow lane takes.
    static let fieldsMax = 64

    /// Looks at the front of `bytes`. O(length of the head), at most `headBytesMax`.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> OrdinaryRequest {
        var scanner = HeadScanner(UnsafeRawBufferPointer(rebasing: bytes.prefix(headBytesMax)))
        do throws(HeadScanner.Stop) {
            let line = try RequestLine(&scanner)
            let fields = try FramingFields(&scanner)
            guard fields.hostCount == 1 else { return .uncertain }
            if let id = line.healthReadID, !fields.hasCondition, fields.contentLength == nil {
                return .healthRead(id: id, headCount: scanner.position)
            }
            return .other(headCount: scanner.position, bodyCount: fields.contentLength ?? 0)
        } catch .end {
            return bytes.count < headBytesMax ? .incomplete : .uncertain
        } catch {
            return .uncertain
        }
    }
}
