import ArgumentParser
import DealHealthCore
import DealHealthEngine
import DealHealthWAL
import Foundation

/// The engine's settings from environment variables.
enum EngineEnvironment {
    static func settings() throws -> EngineSettings {
        var settings = EngineSettings()
        try setScoring(&settings)
        settings.recoverySecondsTarget = try Setting.value(
            nil, "RECOVERY_SECONDS_TARGET", default: settings.recoverySecondsTarget)
        settings.rememberFor = try hours("EVENT_ID_RETENTION_HOURS", default: settings.rememberFor)
        settings.logRetention = try hours("LOG_RETENTION_HOURS", default: settings.logRetention)
        settings.logRetentionBytes = try Setting.value(
            nil, "LOG_RETENTION_BYTES", default: settings.logRetentionBytes)
        guard settings.recoverySecondsTarget >= 0, settings.logRetentionBytes > 0 else {
            throw ValidationError("RECOVERY_SECONDS_TARGET must be at least 0, LOG_RETENTION_BYTES more than 0.")
        }
        return settings
    }

    private static func setScoring(_ settings: inout EngineSettings) throws {
        func set(_ field: WritableKeyPath<EngineSettings, Double>, _ name: String) throws {
            settings[keyPath: field] = try Setting.value(
                nil, "HEALTH_CALCULATION_\(name)", default: settings[keyPath: field])
        }
        try set(\.scoring.decayRatePerDay, "DECAY_RATE_PER_DAY")
        try set(\.scoring.automatedTestWeight, "AUTOMATED_TEST_WEIGHT")
        try set(\.scoring.communityVerificationWeight, "COMMUNITY_VERIFICATION_WEIGHT")
        try set(\.scoring.communityTipWeight, "COMMUNITY_TIP_WEIGHT")
        try set(\.scoring.automatedTestCap, "AUTOMATED_TEST_CAP")
        try set(\.scoring.communityVerificationCap, "COMMUNITY_VERIFICATION_CAP")
        try set(\.scoring.communityTipCap, "COMMUNITY_TIP_CAP")
        try set(\.scoring.priorStrength, "PRIOR_STRENGTH")
        try set(\.scoring.baseRate, "BASE_RATE")
        let faults = settings.scoring.faults
        guard faults.isEmpty else {
            throw ValidationError("HEALTH_CALCULATION_…: " + faults.joined(separator: "; ") + ".")
        }
    }

    private static func hours(_ variable: String, default defaultValue: Duration) throws -> Duration {
        let hours = try Setting.value(nil, variable, default: Double(defaultValue.components.seconds) / 3_600)
        guard hours > 0, hours <= 876_000 else {
            throw ValidationError("\(variable)=\(hours) must be more than 0 and at most 876000 hours.")
        }
        return .seconds(hours * 3_600)
    }

    static func logOptions() throws -> LogOptions {
        var options = LogOptions(verify: ChildVerifier.verify)
        options.mapBytes = try Setting.value(nil, "LOG_MAP_BYTES", default: options.mapBytes)
        guard options.mapBytes >= 1 << 20 else {
            throw ValidationError("LOG_MAP_BYTES must be at least 1048576.")
        }
        options.failpoints = try failpoints()
        return options
    }

    /// `DEALHEALTH_FAILPOINT=name:n` ends the process by SIGKILL when it passes that place for the n-th time: for crash
    /// tests, refused in production.
    private static func failpoints() throws -> Failpoints {
        guard let text = ProcessInfo.processInfo.environment["DEALHEALTH_FAILPOINT"] else { return .none }
        let parts = text.split(separator: ":")
        guard ProcessInfo.processInfo.environment["ENVIRONMENT"] != "production" else {
            throw ValidationError("DEALHEALTH_FAILPOINT is for tests; unset it in production.")
        }
        guard parts.count == 2, let name = Failpoints.Name(rawValue: String(parts[0])), let count = Int(parts[1])
        else {
            let names = Failpoints.Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("DEALHEALTH_FAILPOINT=\(text) is not name:count with a name of \(names).")
        }
        return .killing(at: name, count: count)
    }
}
