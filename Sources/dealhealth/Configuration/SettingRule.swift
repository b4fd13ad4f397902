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
        SettingRule(names: ["ENVIRONMENT", "JWT_SECRET"]) {
            $0.service.environment == .production && $0.tokens.secret == nil
                ? "do not fit: in production events need tokens; set JWT_SECRET, `openssl rand -base64 48` makes a good one"
                : nil
        },
        SettingRule(names: ["READS_PROTECTED", "JWT_SECRET"]) {
            $0.tokens.areReadsProtected && $0.tokens.secret == nil ? "need each other: tokens need a secret" : nil
        },
        SettingRule(names: ["TRUSTED_PROXIES"]) { $0.accessFault { _ = try $0.trustedProxies } },
        SettingRule(names: ["SECURITY_ALLOWED_ORIGINS", "SECURITY_ALLOWED_METHODS", "SECURITY_ALLOWED_HEADERS"]) {
            $0.accessFault { _ = try $0.corsPolicy }
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
