import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// `POST /config/update`: the predecessor's scoring settings, put in force as `PUT /v1/scoring` does.
///
/// The three settings that bounded what counts have no counterpart: evidence is weighed and decays, and is never dropped.
struct ConfigRoutes: Sendable {
    /// One of the predecessor's settings.
    private struct Field: Sendable {
        let name: StaticString
        let isAllowed: @Sendable (Double) -> Bool
        /// What `isAllowed` takes.
        let range: String
        /// Ours; nil where there is no counterpart.
        var counterpart: ScoringSettings.Field?
    }

    private static let fields: [Field] = [
        Field(
            name: "automated_test_weight", isAllowed: isShare, range: share,
            counterpart: \ScoringSettings.automatedTestWeight),
        Field(
            name: "community_verification_weight", isAllowed: isShare, range: share,
            counterpart: \ScoringSettings.communityVerificationWeight),
        Field(
            name: "community_tip_weight", isAllowed: isShare, range: share,
            counterpart: \ScoringSettings.communityTipWeight),
        Field(
            name: "decay_rate_per_day", isAllowed: { $0 > 0 && $0 <= 10 }, range: "more than 0 and at most 10",
            counterpart: \ScoringSettings.decayRatePerDay),
        Field(name: "min_confidence_for_positive", isAllowed: isShare, range: share),
        Field(name: "min_confidence_for_negative", isAllowed: isShare, range: share),
        Field(name: "max_event_age_days", isAllowed: { $0 > 0 && $0.isFinite }, range: "more than 0"),
    ]

    private static let share = "from 0 to 1"
    private static let isShare: @Sendable (Double) -> Bool = { $0 >= 0 && $0 <= 1 }

    let handle: EngineHandle
    let budget: BodyBudget

    func update(_ request: Request) async throws -> Response {
        try BodyFormat.requireJSON(request.headers)
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        let body = try await reader.collect(request, &reservation)
        guard let object = try JSONMembers(body) else { throw InvalidInput("body", message: "must be an object") }
        let values = try Self.fields.map { try Self.value(of: $0, object, body) }
        let engine = try handle.recoveredEngine()
        let scoring = try await engine.changeScoring { settings in
            for case (let field, let value?) in zip(Self.fields, values) {
                if let counterpart = field.counterpart { settings[keyPath: counterpart] = value }
            }
        }
        return Self.response(values, scoring.settings)
    }

    /// The value of a field; nil when it is absent or null.
    private static func value(of field: Field, _ object: JSONMembers, _ body: [UInt8]) throws(InvalidInput) -> Double? {
        let name = String(describing: field.name)
        guard let range = object[name] else { return nil }
        let text = String(decoding: body[range], as: UTF8.self)
        if text == "null" { return nil }
        // JSON's numbers are `Double`'s, and its other values, which are JSON already, are not.
        guard let value = Double(text), field.isAllowed(value) else {
            throw InvalidInput("body", name, message: "must be a number, \(field.range)")
        }
        return value
    }

    /// `{"success","message","config"}`; `config` is what is in force, and what was sent where there is no counterpart.
    private static func response(_ values: [Double?], _ settings: ScoringSettings) -> Response {
        PredecessorAnswer.response(isSuccess: true) { json in
            json.key("message")
            json.string(
                "in force; min_confidence_for_positive, min_confidence_for_negative and max_event_age_days have no effect"
            )
            json.key("config")
            json.beginObject()
            for (field, value) in zip(fields, values) {
                json.key(field.name)
                let inForce = field.counterpart.map { settings[keyPath: $0] }
                if let number = inForce ?? value { json.number(number) } else { json.null() }
            }
            json.endObject()
        }
    }
}
