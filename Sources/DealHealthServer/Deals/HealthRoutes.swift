import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// `GET /v1/deals/{id}/health` and the reads of many deals at once.
struct HealthRoutes: Sendable {
    let handle: EngineHandle
    let budget: BodyBudget
    private let positionWait = PositionWait()

    init(handle: EngineHandle, budget: BodyBudget) {
        self.handle = handle
        self.budget = budget
    }

    /// One deal; 304 when `If-None-Match` names what is known of it.
    func one(_ target: RequestTarget, _ headers: HTTPFields) async throws -> Response {
        let dealID = try target.dealID()
        let engine = try handle.recoveredEngine()
        let parameters = try target.parameters()
        try await positionWait.wait(parameters, engine)
        let asOf = engine.now()
        if let time = try ReadTime.parse(parameters, now: asOf) { return try await past(dealID, at: time, engine) }
        // One of its own: requests of this lane run on many threads.
        var sampler = HotDealSampler()
        sampler.pass(1) { _ in dealID.withUnsafeBytes { engine.hotReads.note($0, at: asOf) } }
        guard let state = dealID.withUnsafeBytes({ engine.state(of: $0) }) else { throw Problem.unknownDeal }
        let scoring = engine.scoring
        let tag = HealthTag(state, scoring, asOf)
        var response: Response
        if try Self.isCurrent(tag, headers) {
            response = Response(status: .notModified)
        } else {
            let assessment = Assessment(of: state, at: asOf, settings: scoring.settings)
            var json = JSONWriter()
            dealID.withUnsafeBytes {
                HealthBody.write(dealID: $0, state: state, assessment: assessment, asOf: asOf, to: &json)
            }
            response = Response(json)
        }
        response.headers[.eTag] = tag.text
        response.headers[.cacheControl] = CacheControl.revalidated
        return response
    }

    /// One deal as it was; what an event that comes late will change, so it is not for caches.
    private func past(_ dealID: [UInt8], at time: Timestamp, _ engine: Engine) async throws -> Response {
        guard let deal = try await engine.past(of: dealID, at: time) else { throw Problem.unknownDeal }
        var json = JSONWriter()
        HealthBody.write(deal.health(at: time), asOf: time, to: &json)
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    /// Whether the client holds what `tag` names already, in the order of RFC 9110 §13.2.2; throws 412 for an `If-Match` that does
    /// not hold, which compares strongly: a weak tag never matches. The conditions on times have no effect without
    /// `Last-Modified`, nor has `Range` where ranges are not served.
    private static func isCurrent(_ tag: HealthTag, _ headers: HTTPFields) throws(Problem) -> Bool {
        if let list = headers[.ifMatch], list != "*" {
            throw Problem(.preconditionFailed, .preconditionFailed, "a deal's health has weak entity tags only")
        }
        guard var list = headers[.ifNoneMatch] else { return false }
        return list.withUTF8 { tag.isListed(in: UnsafeRawBufferPointer($0)) }
    }

    /// Many deals, named in the query: `?ids=a,b,c`.
    func many(_ target: RequestTarget) async throws -> Response {
        let parameters = try target.parameters()
        guard let raw = try parameters.raw("ids") else {
            throw Problem.invalidParameter("`ids` is missing: the deals, separated by commas")
        }
        let parts = raw.isEmpty ? [] : raw.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        try Self.checkCount(parts.count)
        var list = DealIDList()
        for part in parts {
            guard let id = PercentEncoding.decode(part) else {
                throw Problem(.badRequest, .malformed, "`ids` is not percent-encoded UTF-8")
            }
            list.append(id)
        }
        return try await respond(list, parameters)
    }

    /// Many deals, named in the body: `{"deal_ids":[…]}`.
    func many(_ target: RequestTarget, posted request: Request) async throws -> Response {
        try BodyFormat.requireJSON(request.headers)
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        let body = try await reader.collect(request, &reservation)
        let list = try DealIDList.parse(body)
        try Self.checkCount(list.ids.count)
        return try await respond(list, try target.parameters())
    }

    // MARK: answers

    private func respond(_ list: DealIDList, _ parameters: QueryParameters) async throws -> Response {
        let engine = try handle.recoveredEngine()
        if try parameters.raw("at") != nil {
            throw Problem.invalidParameter("`at` is for reads of one deal, or one merchant's")
        }
        try await positionWait.wait(parameters, engine)
        let asOf = engine.now()
        var json = JSONWriter(capacity: 64 + list.ids.count * 384)
        var sampler = HotDealSampler()
        list.bytes.withUnsafeBytes { ManyDealsBody.write(list.ids, in: $0, engine, asOf, &sampler, to: &json) }
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    private static func checkCount(_ count: Int) throws(Problem) {
        guard count <= Limits.dealsPerReadMax else {
            throw Problem.invalidParameter("at most \(Limits.dealsPerReadMax) deals in one read, got \(count)")
                .with("limit", .integer(Int64(Limits.dealsPerReadMax)))
        }
    }
}
