import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /hot-deals?limit=20`, for operators: the deals that reads and events are about at present.
struct HotDealsRoute: Sendable {
    let handle: EngineHandle

    private static let limitDefault = 20

    /// `{"reads":[{"deal_id","per_second","per_second_min"},…],"writes":[…]}`, most often first: rates estimated from a sample, at most
    /// and at least, averaged over about a minute and a half. Reads are counted whether the deal is known or not.
    func get(_ target: RequestTarget) throws(Problem) -> Response {
        let limit = try target.parameters().integer("limit", in: 1...HeavyHitters.capacity) ?? Self.limitDefault
        let engine = try handle.recoveredEngine()
        var json = JSONWriter(capacity: 4 << 10)
        json.beginObject()
        json.key("reads")
        Self.write(engine.hotReads.top(limit, at: engine.now()), to: &json)
        json.key("writes")
        Self.write(engine.hotWrites.top(limit, at: engine.now()), to: &json)
        json.endObject()
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    private static func write(_ entries: [HeavyHitters.Entry], to json: inout JSONWriter) {
        json.beginArray()
        for entry in entries {
            json.beginObject()
            json.key("deal_id")
            json.string(entry.dealID)
            json.key("per_second")
            json.number((entry.perSecond * 1_000).rounded() / 1_000)
            json.key("per_second_min")
            json.number((entry.perSecondMin * 1_000).rounded() / 1_000)
            json.endObject()
        }
        json.endArray()
    }
}
