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

    /// One deal.
    func one(_ target: RequestTarget) async throws -> Response {
        let dealID = try target.dealID()
        let engine = try handle.recoveredEngine()
        try await prepare(try target.parameters(), engine)
        let asOf = engine.now()
        var json = JSONWriter()
        let isKnown = dealID.withUnsafeBytes { Self.write(dealID: $0, engine, asOf, to: &json) }
        guard isKnown else { throw Problem.unknownDeal }
        return Response(json)
    }

    /// Many deals, named in the query: `?ids=a,b,c`.
    func many(_ target: RequestTarget) async throws -> Response {
        let parameters = try target.parameters()
        guard let raw = try parameters.raw("ids") else {
            throw Problem.invalidParameter("`ids` is missing: the deals, separated by commas")
        }
        let parts = raw.isEmpty ? [] : raw.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        try Self.checkCount(parts.count)
        var ids: [[UInt8]] = []
        ids.reserveCapacity(parts.count)
        for part in parts {
            guard let id = PercentEncoding.decode(part) else {
                throw Problem(.badRequest, .malformed, "`ids` is not percent-encoded UTF-8")
            }
            ids.append(id)
        }
        return try await respond(ids, parameters)
    }

    /// Many deals, named in the body: `{"deal_ids":[…]}`.
    func many(_ target: RequestTarget, posted request: Request) async throws -> Response {
        guard try BodyFormat(request.headers, accepting: "application/json") == .json else {
            throw Problem(.unsupportedMediaType, .unsupportedMediaType, "the body must be application/json")
                .adding(.acceptPost, "application/json")
        }
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        let body = try await reader.collect(request, &reservation)
        let ids = try DealIDList.parse(body)
        try Self.checkCount(ids.count)
        return try await respond(ids, try target.parameters())
    }

    // MARK: answers

    /// `{"deals":[…],"missing":[…]}`, each in the order asked.
    private func respond(_ ids: [[UInt8]], _ parameters: QueryParameters) async throws -> Response {
        let engine = try handle.recoveredEngine()
        try await prepare(parameters, engine)
        let asOf = engine.now()
        var json = JSONWriter(capacity: 64 + ids.count * 384)
        var missing: [Int] = []
        json.beginObject()
        json.key("deals")
        json.beginArray()
        for (index, id) in ids.enumerated() {
            if !id.withUnsafeBytes({ Self.write(dealID: $0, engine, asOf, to: &json) }) { missing.append(index) }
        }
        json.endArray()
        json.key("missing")
        json.beginArray()
        for index in missing { ids[index].withUnsafeBytes { json.string(utf8: $0) } }
        json.endArray()
        json.endObject()
        return Response(json)
    }

    /// Waits for the position asked for, and refuses what is not served yet rather than ignore it.
    private func prepare(_ parameters: QueryParameters, _ engine: Engine) async throws {
        if try parameters.raw("at") != nil { throw Problem.invalidParameter("`at` is not served yet") }
        try await positionWait.wait(parameters, engine)
    }

    /// Writes a deal's health; false, and nothing written, when the deal is unknown. Never waits.
    private static func write(
        dealID: UnsafeRawBufferPointer, _ engine: Engine, _ asOf: Timestamp, to json: inout JSONWriter
    ) -> Bool {
        guard DealIDForm.isPossible(dealID), let state = engine.state(of: dealID) else { return false }
        let score = Score(of: state, at: asOf, settings: engine.scoring)
        HealthBody.write(dealID: dealID, state: state, score: score, asOf: asOf, to: &json)
        return true
    }

    private static func checkCount(_ count: Int) throws(Problem) {
        guard count <= Limits.dealsPerReadMax else {
            throw Problem.invalidParameter("at most \(Limits.dealsPerReadMax) deals in one read, got \(count)")
                .with("limit", .integer(Int64(Limits.dealsPerReadMax)))
        }
    }
}
