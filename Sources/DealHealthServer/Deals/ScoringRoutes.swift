import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// `GET` and `PUT /v1/scoring`: the settings in force, by their wire names, and the position that put them in force.
struct ScoringRoutes: Sendable {
    let handle: EngineHandle
    let budget: BodyBudget

    func get() throws -> Response {
        Self.response(try handle.recoveredEngine().scoring)
    }

    /// Puts the settings that the body names in force, and leaves the others as they are; all of them, or, when one is refused, none.
    func put(_ request: Request) async throws -> Response {
        try BodyFormat.requireJSON(request.headers)
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        let body = try await reader.collect(request, &reservation)
        let values = try Self.values(body)
        let engine = try handle.recoveredEngine()
        return Self.response(
            try await engine.changeScoring { settings in
                for (parameter, value) in values { settings[keyPath: parameter.value] = value }
            })
    }

    /// What the body names; throws 422 with every fault in it.
    private static func values(_ body: [UInt8]) throws -> [(ScoringSettings.Parameter, Double)] {
        guard let object = try JSONMembers(body) else { throw refusal(["the body must be an object of settings"]) }
        var values: [(ScoringSettings.Parameter, Double)] = []
        var faults: [String] = []
        for member in object.members {
            guard let parameter = ScoringSettings.parameters.first(where: { $0.name == member.name }) else {
                faults.append("`\(member.name)` is no setting; there are \(names)")
                continue
            }
            let text = String(decoding: body[member.value], as: UTF8.self)
            // JSON's numbers are `Double`'s, and its other values, which are JSON already, are not.
            let value = text == "null" ? .infinity : Double(text).flatMap { $0.isFinite ? $0 : nil }
            if values.contains(where: { $0.0.name == parameter.name }) {
                faults.append("`\(parameter.name)` is there twice")
            } else if let value, parameter.isAllowed(value) {
                values.append((parameter, value))
            } else {
                let word = parameter.isAllowed(.infinity) ? " or null, which is infinite" : ""
                faults.append(
                    "`\(parameter.name)` must be a number in \(parameter.range)\(word), got \(text.prefix(32))")
            }
        }
        if !faults.isEmpty { throw refusal(faults) }
        return values
    }

    private static let names = ScoringSettings.parameters.map(\.name).joined(separator: ", ")

    private static func refusal(_ faults: [String]) -> Problem {
        Problem(.unprocessableContent, .invalid, faults.prefix(ServerLimits.faultsListedMax).joined(separator: "; "))
    }

    /// What is infinite is null: JSON has no infinity.
    private static func response(_ scoring: ScoringVersion) -> Response {
        var json = JSONWriter()
        json.beginObject()
        for parameter in ScoringSettings.parameters {
            json.key(plain: parameter.name)
            json.number(scoring.settings[keyPath: parameter.value])
        }
        json.key("lsn")
        json.integer(scoring.lsn.value)
        json.endObject()
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }
}
