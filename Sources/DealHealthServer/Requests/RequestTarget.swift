import HTTPTypes

/// What a request asks for, taken apart once: the route, its variable part, and the query.
struct RequestTarget: Sendable {
    var route: Route
    /// The variable part of the path, percent-encoded; empty when the route has none.
    var rawID: [UInt8]
    /// The query, without its question mark; nil when there is none.
    private var query: [UInt8]?

    /// Parses a request target in origin form or absolute form (RFC 9112 §3.2); nil when no route matches.
    init?(_ target: String) {
        var target = target
        let parsed: RequestTarget? = target.withUTF8 { Self.parse(UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    private init(route: Route, rawID: [UInt8], query: [UInt8]?) {
        self.route = route
        self.rawID = rawID
        self.query = query
    }

    private static func parse(_ target: UnsafeRawBufferPointer) -> RequestTarget? {
        let start = pathStart(target)
        let end = target[start...].firstIndex(of: UInt8(ascii: "?")) ?? target.count
        let path = UnsafeRawBufferPointer(rebasing: target[start..<end])
        guard let (route, id) = Route.match(path) else { return nil }
        return RequestTarget(
            route: route, rawID: Array(path[id]), query: end < target.count ? Array(target[(end + 1)...]) : nil)
    }

    /// Where the path begins: 0, or after the authority in absolute form.
    private static func pathStart(_ target: UnsafeRawBufferPointer) -> Int {
        for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8) {
            let authority = target[scheme.utf8.count...]
            return authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? target.count
        }
        return 0
    }

    /// The query's parameters.
    func parameters() throws(Problem) -> QueryParameters {
        guard let query else { return QueryParameters.none }
        return try QueryParameters(query)
    }

    /// The deal id in the path, decoded; throws 400 when it cannot be decoded, 404 when no deal can have it.
    func dealID() throws(Problem) -> [UInt8] {
        guard let id = PercentEncoding.decode(rawID) else {
            throw Problem(.badRequest, .malformed, "the deal id in the path is not percent-encoded UTF-8")
        }
        guard DealIDForm.isPossible(id) else { throw .unknownDeal }
        return id
    }

    /// The merchant id in the path; throws 404 when it is no integer.
    func merchantID() throws(Problem) -> Int64 {
        guard let id = PercentEncoding.decode(rawID).flatMap({ Int64(String(decoding: $0, as: UTF8.self)) }) else {
            throw Problem(.notFound, .notFound, "a merchant id is an integer of 64 bits")
        }
        return id
    }
}

extension Problem {
    /// The deal has no events.
    static var unknownDeal: Problem {
        Problem(.notFound, .unknownDeal, "no event of this deal has been received")
    }
}
