import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// `POST /config/update`: the predecessor's scoring settings.
///
/// Settings do not change while the server runs: what equals those in force is a success, anything else is refused with what to
/// do. The three settings that bounded what counts have no counterpart: evidence is weighed and decays, and is never dropped.
struct ConfigRoutes: Sendable {
    /// One of the predecessor's settings.
    private struct Field: Sendable {
        let name: StaticString
        let isAllowed: @Sendable (Double) -> Bool
        /// What `isAllowed` takes.
        let range: String
        /// The value in force; nil where there is no counterpart.
        var inForce: (@Sendable (ScoringSettings) -> Double)?
    }

    private static let fields: [Field] = [
        Field(name: "automated_test_weight", isAllowed: isShare, range: share, inForce: { $0.automatedTestWeight }),
        Field(
            name: "community_verification_weight", isAllowed: isShare, range: share,
            inForce: { $0.communityVerificationWeight }),
        Field(name: "community_tip_weight", isAllowed: isShare, range: share, inForce: { $0.communityTipWeight }),
        Field(
            name: "decay_rate_per_day", isAllowed: { $0 > 0 && $0 <= 10 }, range: "more than 0 and at most 10",
            inForce: { $0.decayRatePerDay }),
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
        return Self.response(values, inForce: try handle.recoveredEngine().scoring)
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
    private static func response(_ values: [Double?], inForce settings: ScoringSettings) -> Response {
        var changes: [String] = []
        for case (let field, let value?) in zip(fields, values) {
            guard let inForce = field.inForce?(settings), inForce != value else { continue }
            let name = String(describing: field.name)
            changes.append("\(name) is \(inForce), not \(value) (HEALTH_CALCULATION_\(name.uppercased()))")
        }
        let message =
            changes.isEmpty
            ? "these settings are in force; min_confidence_for_positive, min_confidence_for_negative and max_event_age_days have no effect"
            : "nothing was changed: \(changes.joined(separator: ", ")). A changed setting takes effect with the next start, through the variable named"
        return PredecessorAnswer.response(isSuccess: changes.isEmpty) { json in
            json.key("message")
            json.string(message)
            json.key("config")
            json.beginObject()
            for (field, value) in zip(fields, values) {
                json.key(field.name)
                if let number = field.inForce?(settings) ?? value { json.number(number) } else { json.null() }
            }
            json.endObject()
        }
    }
}
