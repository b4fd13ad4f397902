import DealHealthCore
import DealHealthEngine
import Hummingbird

/// The predecessor's reads of promotions, which are our deals.
struct PromotionRoutes: Sendable {
    private static let defaultHistoryLimit = 50

    let handle: EngineHandle

    /// `GET /promotions/{id}/health`: 404 when unknown.
    func health(_ target: RequestTarget) async throws -> Response {
        let dealID = try target.dealID()
        let engine = try handle.recoveredEngine()
        guard let state = dealID.withUnsafeBytes({ engine.state(of: $0) }) else { throw Problem.unknownDeal }
        let assessment = Assessment(of: state, at: engine.now(), settings: engine.scoring.settings)
        let health = DealHealth(dealID: String(decoding: dealID, as: UTF8.self), state: state, assessment: assessment)
        let promotion = try await promotions([health], engine)[0]
        return PredecessorAnswer.response { json in
            json.key("data")
            promotion.write(to: &json)
            json.key("error")
            json.null()
        }
    }

    /// `GET /promotions/{id}/history?limit=50`: newest first; empty when unknown, or when the log no longer reaches back to any event.
    func history(_ target: RequestTarget) async throws -> Response {
        let dealID = try target.dealID()
        let limit = try target.parameters().integer("limit", in: 1...Limits.pageSizeMax) ?? Self.defaultHistoryLimit
        let entries = try await entries(of: dealID, limit: limit, try handle.recoveredEngine())
        return PredecessorAnswer.response { json in
            json.key("data")
            json.beginArray()
            for entry in entries where entry.record.kind != .alarm {
                PromotionHistoryEntry.write(entry, of: dealID, to: &json)
            }
            json.endArray()
        }
    }

    /// `GET /merchants/{id}/promotions`: the best first, at most `Limits.pageSizeMax`.
    func merchant(_ target: RequestTarget) async throws -> Response {
        guard let merchantID = try? target.merchantID() else {
            throw InvalidInput("path", "merchant_id", message: "value is not a valid integer")
        }
        let engine = try handle.recoveredEngine()
        var query = DealListQuery(asOf: engine.now())
        query.merchantID = merchantID
        query.limit = Limits.pageSizeMax
        let promotions = try await promotions(await engine.list(query).deals, engine)
        return PredecessorAnswer.response { json in
            json.key("merchant_id")
            json.integer(merchantID)
            Self.write(promotions, to: &json)
        }
    }

    /// `GET /promotions/by-health?min_health=0&max_health=100`: scores in whole points in [min, max], the best first, at most
    /// `Limits.pageSizeMax`; 400 for a range that is none.
    func byHealth(_ target: RequestTarget) async throws -> Response {
        let parameters = try target.parameters()
        let range = try Self.range(
            min: try Self.number("min_health", parameters) ?? 0, max: try Self.number("max_health", parameters) ?? 100)
        let engine = try handle.recoveredEngine()
        var query = DealListQuery(asOf: engine.now())
        // Whatever rounds into the range.
        query.minScore = range.lowerBound - 0.5
        query.maxScore = range.upperBound + 0.5
        query.limit = Limits.pageSizeMax
        let healths = await engine.list(query).deals.filter {
            range.contains(Double(PredecessorScore($0.assessment.score).points))
        }
        let promotions = try await promotions(healths, engine)
        return PredecessorAnswer.response { json in
            json.key("min_health")
            json.number(range.lowerBound)
            json.key("max_health")
            json.number(range.upperBound)
            Self.write(promotions, to: &json)
        }
    }

    private static func number(_ name: String, _ parameters: QueryParameters) throws -> Double? {
        guard let text = try parameters.string(name) else { return nil }
        guard let number = Double(text), number.isFinite else {
            throw InvalidInput("query", name, message: "value is not a valid number")
        }
        return number
    }

    private static func range(min: Double, max: Double) throws(Problem) -> ClosedRange<Double> {
        guard min >= 0, max <= 100, min <= max else {
            throw Problem(.badRequest, .invalid, "0 <= min_health <= max_health <= 100 does not hold")
        }
        return min...max
    }

    private static func write(_ promotions: [Promotion], to json: inout JSONWriter) {
        json.key("promotions")
        json.beginArray()
        for promotion in promotions { promotion.write(to: &json) }
        json.endArray()
        json.key("count")
        json.integer(promotions.count)
    }

    // MARK: the log

    /// Adds what the log tells of each. All walks together are as long as one page of history may be.
    private func promotions(_ healths: [DealHealth], _ engine: Engine) async throws -> [Promotion] {
        let limit = min(Limits.pageSizeMax, Limits.historyWalkMax / max(1, healths.count))
        var promotions: [Promotion] = []
        promotions.reserveCapacity(healths.count)
        for health in healths {
            let entries = try await entries(of: Array(health.dealID.utf8), limit: limit, engine)
            promotions.append(Promotion(health: health, walk: Promotion.Walk(entries)))
        }
        return promotions
    }

    /// The deal's latest events, as far as they are retained.
    private func entries(of dealID: [UInt8], limit: Int, _ engine: Engine) async throws -> [HistoryEntry] {
        do {
            return try await engine.history(of: dealID, limit: limit, beforeLSN: nil)?.entries ?? []
        } catch let error as EngineError where error.code == .notRetained {
            return []
        }
    }
}
