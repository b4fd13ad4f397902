import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /v1/deals/{id}/explanation`: why a deal's score and forecast are what they are, now or at `?at=`.
struct ExplanationRoutes: Sendable {
    let handle: EngineHandle
    private let positionWait = PositionWait()

    init(handle: EngineHandle) {
        self.handle = handle
    }

    func get(_ target: RequestTarget) async throws -> Response {
        let dealID = try target.dealID()
        let parameters = try target.parameters()
        let engine = try handle.recoveredEngine()
        try await positionWait.wait(parameters, engine)
        let now = engine.now()
        let time = try ReadTime.parse(parameters, now: now)
        let asOf = time ?? now
        guard
            let explanation = try await engine.explanation(
                of: dealID, at: time ?? .distantFuture, limit: Limits.evidenceShownMax)
        else { throw Problem.unknownDeal }
        var json = JSONWriter(capacity: 8 << 10)
        Self.write(explanation, asOf: asOf, to: &json)
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    private static func write(_ explanation: DealExplanation, asOf: Timestamp, to json: inout JSONWriter) {
        let (deal, health) = (explanation.deal, explanation.deal.health(at: asOf))
        let assessment = health.assessment
        json.beginObject()
        json.key("deal_id")
        json.string(deal.dealID)
        json.key("sentence")
        json.string(ExplanationSentence(explanation, assessment, asOf: asOf).text)
        json.key("health_score")
        json.points(assessment.score.healthScore)
        json.key("confidence")
        json.share(assessment.score.confidence)
        json.key("interval")
        json.beginArray()
        json.points(assessment.score.lowerBound)
        json.points(assessment.score.upperBound)
        json.endArray()
        json.key("works_probability")
        json.share(assessment.forecast.worksProbability)
        json.key("status")
        json.string(assessment.forecast.status.rawValue)
        json.key("sources")
        json.beginArray()
        let contributions = Contribution.all(of: deal.state, at: asOf, settings: deal.settings)
        for contribution in contributions { write(contribution, to: &json) }
        json.endArray()
        json.key("prior")
        if let prior = contributions.last { write(prior, of: deal, to: &json) }
        json.key("forecast")
        write(deal, at: asOf, to: &json)
        json.key("alarm")
        if let alarm = explanation.alarm { write(alarm, to: &json) } else { json.null() }
        json.key("latest")
        json.beginArray()
        for entry in explanation.latest { write(entry, to: &json) }
        json.endArray()
        json.key("events")
        json.integer(deal.state.eventCount)
        json.key("last_event_at")
        json.timestamp(deal.state.referenceTime)
        json.key("as_of")
        json.timestamp(asOf)
        json.key("lsn")
        json.integer(deal.state.lastLSN.value)
        json.endObject()
    }

    /// One source; the prior is told apart.
    private static func write(_ contribution: Contribution, to json: inout JSONWriter) {
        guard let source = contribution.source else { return }
        json.beginObject()
        json.key("source")
        json.string(source.name)
        json.key("mass")
        json.number(contribution.mass)
        json.key("decayed_mass")
        json.number(contribution.decayedMass)
        json.key("cap")
        json.number(contribution.cap)
        json.key("cap_applied")
        json.bool(contribution.capFactor < 1)
        json.key("cap_factor")
        json.number(contribution.capFactor)
        json.key("weight")
        json.number(contribution.weight)
        json.key("points")
        json.number(contribution.pointsFor)
        json.key("points_against")
        json.number(contribution.pointsAgainst)
        json.endObject()
    }

    private static func write(_ prior: Contribution, of deal: PastDeal, to json: inout JSONWriter) {
        json.beginObject()
        json.key("strength")
        json.number(prior.mass)
        json.key("base_rate")
        json.number(deal.state.baseRate(deal.settings))
        json.key("is_merchants")
        json.bool(deal.state.hasMerchantPrior(deal.settings))
        json.key("points")
        json.number(prior.pointsFor)
        json.key("points_against")
        json.number(prior.pointsAgainst)
        json.endObject()
    }

    private static func write(_ deal: PastDeal, at time: Timestamp, to json: inout JSONWriter) {
        let parts = Forecast.Parts(of: deal.state, at: time, settings: deal.settings)
        json.beginObject()
        json.key("alive_probability")
        json.share(parts.aliveProbability)
        json.key("community_shift")
        json.number((parts.communityShift * 10_000).rounded() / 10_000)
        json.key("pass_rate_while_alive")
        json.share(parts.passRate)
        json.endObject()
    }

    private static func write(_ alarm: LogRecord, to json: inout JSONWriter) {
        json.beginObject()
        json.key("lsn")
        json.integer(alarm.lsn.value)
        json.key("time")
        json.timestamp(alarm.time)
        json.key("evidence_share")
        json.number(alarm.mass)
        json.endObject()
    }

    /// A piece of evidence, and of a tip the conditions that its text states.
    private static func write(_ entry: HistoryEntry, to json: inout JSONWriter) {
        json.beginObject()
        HistoryRoutes.writeMembers(entry, to: &json)
        if entry.record.kind == .evidence(.communityTip), let text = entry.tipText {
            json.key("conditions")
            json.beginArray()
            for condition in TipRules.read(text).conditions {
                json.beginObject()
                json.key("kind")
                json.string(condition.kind.name)
                json.key("amount")
                if let amount = condition.amount { json.number(amount) } else { json.null() }
                json.key("words")
                json.string(condition.words)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
    }
}

extension Timestamp {
    /// After every event there can be.
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}

extension HistoryEntry {
    /// The text of a tip; nil when it cannot be told.
    fileprivate var tipText: String? {
        guard let members = try? JSONMembers(received), let range = members["tipText"] else { return nil }
        return JSONMembers.string(at: range, of: received)
    }
}
