/// What the bytes at the front of a connection's input are: the one place that decides which requests the fast lane answers,
/// and which it can hand to the slow lane knowing where they end.
///
/// *Ordinary form* is a narrow part of RFC 9112 on which no two parsers differ: `METHOD SP /target SP HTTP/1.1 CRLF`, field
/// lines of a token, a colon and printable ASCII, each ended by CRLF, exactly one `Host`, at most one `Content-Length` of
/// digits, nothing that changes the framing, and `Connection: close` only where the fast lane answers. All else is `uncertain`, which is never an error: the slow
/// lane's parser decides what it is, and this one is not asked again on that connection. So the lanes cannot disagree on where
/// a request begins.
///
/// A pure function of the bytes; ranges are relative to the first of them.
enum OrdinaryRequest: Equatable {
    /// Ordinary so far, but the head has not ended yet, or the body of a request that the fast lane takes. Said of fewer than `bytesMax` bytes only.
    case incomplete
    /// A read of health that the fast lane can answer: all of its bytes are there.
    case healthRead(HealthRead)
    /// One event, posted as JSON.
    case eventPost(EventPost)
    /// Another request in ordinary form: `headCount` bytes of head, then `bodyCount` of body.
    case other(headCount: Int, bodyCount: Int)
    /// Not in ordinary form: where it ends is for the slow lane to find out.
    case uncertain

    /// Bytes of a head in ordinary form: some cookies and a token fit, and parsing a head again as its bytes arrive stays cheap.
    static let headBytesMax = 8 << 10
    /// Field lines of a head in ordinary form. Fewer than the slow lane takes.
    static let fieldsMax = 64

    /// Bytes of a body that the fast lane takes: 1,000 short deal ids. With its head, no more than a connection may hold anyway.
    static let bodyBytesMax = 24 << 10
    /// Bytes of the longest request that the fast lane answers.
    static let bytesMax = headBytesMax + bodyBytesMax

    /// Looks at the front of `bytes`. O(length of the head), at most `headBytesMax`.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> OrdinaryRequest {
        var scanner = HeadScanner(UnsafeRawBufferPointer(rebasing: bytes.prefix(headBytesMax)))
        do throws(HeadScanner.Stop) {
            let line = try RequestLine(&scanner)
            let fields = try FramingFields(&scanner)
            guard fields.hostCount == 1 else { return .uncertain }
            if let read = healthRead(line.call, fields, headCount: scanner.position) {
                return read.count <= bytes.count ? .healthRead(read) : .incomplete
            }
            guard fields.endsConnection != true else { return .uncertain }
            if line.call == .events, fields.isJSON != false, let body = body(fields, headCount: scanner.position) {
                return body.upperBound <= bytes.count
                    ? .eventPost(EventPost(body: body, client: fields.client)) : .incomplete
            }
            return .other(headCount: scanner.position, bodyCount: fields.contentLength ?? 0)
        } catch .end {
            return bytes.count < headBytesMax ? .incomplete : .uncertain
        } catch {
            return .uncertain
        }
    }

    /// The read that a whole head asks for; nil when the fast lane leaves it to the other.
    private static func healthRead(
        _ call: RequestLine.Call, _ fields: FramingFields, headCount: Int
    ) -> HealthRead? {
        guard !fields.hasOtherCondition, !fields.hasOddClient else { return nil }
        var read = HealthRead(
            deals: .one(id: 0..<0), endsConnection: fields.endsConnection ?? false, client: fields.client,
            count: headCount)
        switch call {
        case .oneDeal(let id, let isHead):
            guard fields.contentLength == nil else { return nil }
            read.deals = .one(id: id)
            read.isHead = isHead
            read.ifNoneMatch = fields.ifNoneMatch
        case .listedDeals(let ids):
            guard fields.contentLength == nil, fields.ifNoneMatch == nil else { return nil }
            read.deals = .listed(ids: ids)
        case .postedDeals:
            guard fields.isJSON == true, let body = body(fields, headCount: headCount) else { return nil }
            read.deals = .posted(body: body)
            read.count = body.upperBound
        case .events, .other: return nil
        }
        return read
    }

    /// Where the body is; nil when there is none, or it is not one that the fast lane takes.
    private static func body(_ fields: FramingFields, headCount: Int) -> Range<Int>? {
        guard let count = fields.contentLength, count <= bodyBytesMax, !fields.hasOddBody, fields.ifNoneMatch == nil,
            !fields.hasOtherCondition, !fields.hasOddClient
        else { return nil }
        return headCount..<(headCount + count)
    }
}

/// A request for the health of one deal or of many, all of it; ranges are relative to its first byte.
struct HealthRead: Equatable {
    enum Deals: Equatable {
        /// The id needs no decoding, and no escaping in JSON.
        case one(id: Range<Int>)
        /// Ids, separated by commas, of which the same holds. Not empty.
        case listed(ids: Range<Int>)
        /// The body, which should be JSON.
        case posted(body: Range<Int>)
    }

    var deals: Deals
    /// Whether the head of the answer is all that is wanted. For one deal only.
    var isHead = false
    /// Whether the connection ends with the answer.
    var endsConnection = false
    /// The value of `If-None-Match`. For one deal only.
    var ifNoneMatch: Range<Int>?
    /// Who asks.
    var client = ClientFields()
    /// Bytes of the request.
    var count: Int
}

/// A request with one event, all of it; ranges are relative to its first byte.
struct EventPost: Equatable {
    /// The end of the request, which should be a JSON object.
    var body: Range<Int>
    /// Who posts.
    var client: ClientFields

    /// Bytes of the request.
    var count: Int { body.upperBound }
}
