import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /v1/scoring`: the settings in force, by their wire names.
struct ScoringRoutes: Sendable {
    let handle: EngineHandle

    func get() throws -> Response {
        var json = JSONWriter()
        Self.write(try handle.recoveredEngine().scoring, to: &json)
        return Response(json)
    }

    /// No cap is null: JSON has no infinity.
    private static func write(_ settings: ScoringSettings, to json: inout JSONWriter) {
        json.beginObject()
        json.key("decay_rate_per_day")
        json.number(settings.decayRatePerDay)
        json.key("automated_test_weight")
        json.number(settings.automatedTestWeight)
        json.key("community_verification_weight")
        json.number(settings.communityVerificationWeight)
        json.key("community_tip_weight")
        json.number(settings.communityTipWeight)
        json.key("automated_test_cap")
        json.number(settings.automatedTestCap)
        json.key("community_verification_cap")
        json.number(settings.communityVerificationCap)
        json.key("community_tip_cap")
        json.number(settings.communityTipCap)
        json.key("prior_strength")
        json.number(settings.priorStrength)
        json.key("base_rate")
        json.number(settings.baseRate)
        json.endObject()
    }
}
