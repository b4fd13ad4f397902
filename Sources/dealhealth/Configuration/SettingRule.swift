import DealHealthServer

/// What must hold between settings, each of which is allowed by itself.
struct SettingRule: Sendable {
    /// The settings that it is about.
    let names: [String]
    /// Completes the sentence that begins with the names; nil when all is well.
    let fault: @Sendable (Configuration) -> String?

    static let all: [SettingRule] = [
        SettingRule(names: ["PORT", "MONITORING_METRICS_PORT"]) {
            $0.server.port != 0 && $0.server.port == $0.server.metricsPort ? "must differ" : nil
        },
        SettingRule(names: ["TLS_CERTIFICATE_FILE", "TLS_KEY_FILE"]) {
            ($0.tls.certificateFile == nil) != ($0.tls.keyFile == nil) ? "need each other: set both or neither" : nil
        },
        SettingRule(names: ["JWT_SECRET", "JWT_ACTIVE_KID"]) { configuration in
            guard let keys = configuration.tokens.secret.flatMap(TokenKeys.init),
                keys.active(configuration.tokens.activeKeyID) == nil
            else { return nil }
            return
                "must agree: JWT_ACTIVE_KID names one of several keys, and none when there is a single one without an id"
        },
        SettingRule(names: ["RATE_LIMIT_BURST_SIZE", "RATE_LIMIT_REQUESTS_PER_MINUTE"]) {
            $0.rateLimit.burstSize != nil && $0.rateLimit.requestsPerMinute == nil
                ? "need each other: a burst is of a rate" : nil
        },
        SettingRule(names: ["DEALHEALTH_FAILPOINT", "ENVIRONMENT"]) {
            $0.log.failpoint != nil && $0.service.environment == .production
                ? "must not meet: a failpoint is for tests; unset it in production" : nil
        },
    ]
}
