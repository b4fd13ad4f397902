import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /v1/deals` and `GET /v1/merchants/{id}/deals`: ranked lists, page by page, all pages of one instant.
struct ListRoutes: Sendable {
    let handle: EngineHandle

    /// Of all deals, or of the merchant in the query.
    func all(_ target: RequestTarget) async throws -> Response {
        let parameters = try target.parameters()
        return try await list(parameters, merchantID: try Self.merchantID(parameters))
    }

    /// Of the merchant in the path.
    func merchant(_ target: RequestTarget) async throws -> Response {
        let merchantID = try target.merchantID()
        let parameters = try target.parameters()
        if let other = try Self.merchantID(parameters), other != merchantID {
            throw Problem.invalidParameter("`merchant_id` is another than the one in the path")
        }
        return try await list(parameters, merchantID: merchantID)
    }

    private static func merchantID(_ parameters: QueryParameters) throws(Problem) -> Int64? {
        try parameters.integer("merchant_id", in: Int64.min...Int64.max)
    }

    private func list(_ parameters: QueryParameters, merchantID: Int64?) async throws -> Response {
        let engine = try handle.recoveredEngine()
        var query = try Self.query(parameters, now: engine.now())
        query.merchantID = merchantID
        let time = try ReadTime.parse(parameters, now: engine.now())
        if let time {
            guard merchantID != nil else { throw Problem.invalidParameter("`at` is for the list of one merchant") }
            guard query.after == nil || query.asOf == time else {
                throw Problem.invalidParameter("`cursor` belongs to a list of another time")
            }
            query.asOf = time
        }
        let page = time == nil ? await engine.list(query) : try await engine.pastList(query)
        var json = JSONWriter(capacity: 128 + page.deals.count * 384)
        json.beginObject()
        json.key("deals")
        json.beginArray()
        for health in page.deals { HealthBody.write(health, asOf: query.asOf, to: &json) }
        json.endArray()
        json.key("next_cursor")
        if let next = page.next {
            json.string(ListCursor(order: query.order, asOf: query.asOf, after: next).text)
        } else {
            json.null()
        }
        json.key("as_of")
        json.timestamp(query.asOf)
        json.endObject()
        return Response(json)
    }

    /// The query that the parameters ask for; throws 422 for any that is not allowed.
    private static func query(_ parameters: QueryParameters, now: Timestamp) throws(Problem) -> DealListQuery {
        var query = DealListQuery(asOf: now)
        if let score = try parameters.number("min_score", in: 0...100) { query.minScore = score }
        if let score = try parameters.number("max_score", in: 0...100) { query.maxScore = score }
        guard query.minScore <= query.maxScore else {
            throw Problem.invalidParameter("`min_score` is greater than `max_score`")
        }
        let sort = try parameters.string("sort")
        if let sort {
            guard let order = DealListQuery.Order(rawValue: sort) else {
                throw Problem.invalidParameter("`sort` must be one of best, worst, recent")
            }
            query.order = order
        }
        if let limit = try parameters.integer("limit", in: 1...Limits.pageSizeMax) { query.limit = limit }
        if let text = try parameters.string("cursor") {
            guard let cursor = ListCursor(text, now: now) else {
                throw Problem.invalidParameter("`cursor` is none that this server handed out")
            }
            guard sort == nil || cursor.order == query.order else {
                throw Problem.invalidParameter("`cursor` belongs to a list sorted by \(cursor.order.rawValue)")
            }
            query.order = cursor.order
            query.asOf = cursor.asOf
            query.after = cursor.after
        }
        return query
    }
}
