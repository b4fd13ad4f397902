import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /v1/retest?limit=20`: the deals that a test would tell most about, for most readers; most worthwhile first.
struct RetestRoute: Sendable {
    private static let limitDefault = 20

    let handle: EngineHandle

    func get(_ target: RequestTarget) throws -> Response {
        let limit = try target.parameters().integer("limit", in: 1...Limits.pageSizeMax) ?? Self.limitDefault
        let engine = try handle.recoveredEngine()
        let asOf = engine.now()
        let candidates = engine.retest(limit: limit, at: asOf)
        var json = JSONWriter(capacity: 128 + candidates.count * 256)
        json.beginObject()
        json.key("deals")
        json.beginArray()
        for candidate in candidates { Self.write(candidate, to: &json) }
        json.endArray()
        json.key("as_of")
        json.timestamp(asOf)
        json.endObject()
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    private static func write(_ candidate: RetestCandidate, to json: inout JSONWriter) {
        let (state, assessment) = (candidate.health.state, candidate.health.assessment)
        json.beginObject()
        json.key("deal_id")
        json.string(candidate.health.dealID)
        json.key("merchant_id")
        if let merchantID = state.merchantID { json.integer(merchantID) } else { json.null() }
        json.key("priority")
        json.number(candidate.priority)
        json.key("reads_per_second")
        json.number(candidate.readsPerSecond)
        json.key("works_probability")
        json.share(assessment.forecast.worksProbability)
        json.key("health_score")
        json.points(assessment.score.healthScore)
        json.key("confidence")
        json.share(assessment.score.confidence)
        json.key("status")
        json.string(assessment.forecast.status.rawValue)
        json.key("last_event_at")
        json.timestamp(state.referenceTime)
        json.endObject()
    }
}
