import DealHealthCore
import DealHealthEngine
import DealHealthServer

extension Setting {
    /// Every setting there is, in the order in which they are listed.
    ///
    /// The only place that knows them: what is read, checked, warned of, listed by `dealhealth config` and its help follows. A
    /// default is the field's own in `Configuration`. When a feature arrives, its `isUsed: false` goes.
    static let all: [Setting] = sources + service + network + security + log + scoring + monitoring + beside

    private static let sources: [Setting] = [
        Setting("CONFIG_FILE", \.sources.file, .path, flag: "config", "File of settings, lines NAME=value"),
        Setting("SECRETS_DIR", \.sources.secretsDirectory, .path, "Directory with a file for each setting"),
    ]

    private static let service: [Setting] = [
        Setting("ENVIRONMENT", \.service.environment, .choice, "Where this runs; production refuses test settings"),
        Setting("DEBUG", \.service.isDebugging, .bool, isUsed: false, "More checks and details"),
        Setting("SERVICE_NAME", \.service.name, .text, "Name in structured log lines"),
        Setting("SERVICE_VERSION", \.service.version, .text, "Version that /health shows"),
    ]

    private static let network: [Setting] = [
        Setting("HOST", \.server.host, .host, flag: "host", "Address to listen on"),
        Setting("PORT", \.server.port, .port, flag: "port", "Port of the API; 0 takes a free one"),
        Setting(
            "TLS_CERTIFICATE_FILE", \.tls.certificateFile, .path, "Certificate chain in PEM; turns TLS on"),
        Setting("TLS_KEY_FILE", \.tls.keyFile, .path, "Private key in PEM"),
        Setting(
            "TRUSTED_PROXIES", \.proxies.trusted, .networks,
            "Networks whose word on a client's address is taken"),
        Setting(
            "SHUTDOWN_DELAY_SECONDS", \.shutdown.delay, .seconds(0...60),
            "Time without readiness before connections are refused"),
    ]

    private static let security: [Setting] = [
        Setting("JWT_SECRET", \.tokens.secret, .tokenSecret, "Key of the tokens, or keys by their id"),
        Setting("JWT_ALGORITHM", \.tokens.algorithm, .choice, "How tokens are signed"),
        Setting("JWT_EXPIRATION_HOURS", \.tokens.expiration, .hours, "How long a new token is good"),
        Setting("JWT_ISSUER", \.tokens.issuer, .text, "Issuer that a token must name"),
        Setting("JWT_AUDIENCE", \.tokens.audience, .text, "Audience that a token must name"),
        Setting("READS_PROTECTED", \.tokens.areReadsProtected, .bool, "Whether reads need a token too"),
        Setting(
            "RATE_LIMIT_REQUESTS_PER_MINUTE", \.rateLimit.requestsPerMinute, .integer(1...60_000_000),
            "Requests of one client in a minute"),
        Setting(
            "RATE_LIMIT_BURST_SIZE", \.rateLimit.burstSize, .integer(1...1_000_000),
            "Requests of one client at once"),
        Setting(
            "SECURITY_ALLOWED_ORIGINS", \.crossOrigin.allowedOrigins, .list,
            "Sites whose pages may call (CORS)"),
        Setting("SECURITY_ALLOWED_METHODS", \.crossOrigin.allowedMethods, .list, "Methods for these"),
        Setting("SECURITY_ALLOWED_HEADERS", \.crossOrigin.allowedHeaders, .list, "Headers for these"),
    ]

    private static let log: [Setting] = [
        Setting("DATA_DIR", \.log.directory, .path, flag: "data-dir", "Directory of the log"),
        Setting(
            "LOG_MAP_BYTES", \.log.mapBytes, .integer(1 << 20...Limits.mapBytesReading),
            "Map to begin with; it doubles as it fills"),
        Setting("LOG_RETENTION_HOURS", \.engine.logRetention, .hours, "Older records are removed once checkpointed"),
        Setting("LOG_RETENTION_BYTES", \.engine.logRetentionBytes, .integer(1 ... .max), "Records beyond, likewise"),
        Setting("EVENT_ID_RETENTION_HOURS", \.engine.rememberFor, .hours, "How long an event counts once"),
        Setting(
            "RECOVERY_SECONDS_TARGET", \.engine.recoverySecondsTarget,
            .number("[0, 86400]") { (0...86_400).contains($0) }, "How long a replay may take"),
        Setting(
            "DEALHEALTH_FAILPOINT", \.log.failpoint, .failpoint, "Where to end by SIGKILL, for crash tests: name:count"),
    ]

    private static let scoring: [Setting] =
        ScoringSettings.parameters.map { parameter in
            Setting(
                "HEALTH_CALCULATION_" + parameter.name.uppercased(), .number(parameter.range, parameter.isAllowed),
                parameter.summary, get: { $0.engine.scoring[keyPath: parameter.value] },
                set: { $0.engine.scoring[keyPath: parameter.value] = $1 })
        } + [
            Setting(
                "HEALTH_CALCULATION_PLAIN", \.isFormulaPlain, .bool, "The bare formula: no alarms, no merchant's prior")
        ]

    private static let monitoring: [Setting] = [
        Setting(
            "MONITORING_METRICS_PORT", \.server.metricsPort, .port, flag: "metrics-port", "Port of metrics and probes"),
        Setting("MONITORING_ENABLE_PROMETHEUS_METRICS", \.server.isMetricsEnabled, .bool, "Whether /metrics answers"),
        Setting(
            "MONITORING_ENABLE_ACCESS_LOG", \.server.isAccessLogged, .bool,
            "A line of JSON on standard output for each request"),
        Setting("MONITORING_LOG_LEVEL", \.monitoring.logLevel, .choice, "The least level that is logged"),
        Setting(
            "MONITORING_ENABLE_STRUCTURED_LOGGING", \.monitoring.isLoggingStructured, .bool,
            "Log lines as JSON objects, else as text"),
    ]

    /// Servers beside this one.
    private static let beside: [Setting] = [
        Setting("REDIS_URL", \.redis.url, .url("redis", "rediss"), isUsed: false, "Where states are copied to"),
        Setting("REDIS_POOL_SIZE", \.redis.poolSize, .integer(1...1_000), isUsed: false, "Connections to it"),
        Setting(
            "DATABASE_URL", \.database.url, .url("postgresql", "postgres"), isUsed: false, "Where events are archived"),
        Setting("DATABASE_POOL_SIZE", \.database.poolSize, .integer(1...1_000), isUsed: false, "Connections to it"),
        Setting(
            "DATABASE_MAX_OVERFLOW", \.database.maxOverflow, .integer(0...1_000), isUsed: false,
            "More connections, in a rush"),
        Setting(
            "MESSAGE_QUEUE_PROVIDER", \.messageQueue.provider, .choice, isUsed: false, "Where events come from too"),
        Setting("MESSAGE_QUEUE_PROJECT_ID", \.messageQueue.projectID, .text, isUsed: false, "Its project"),
        Setting(
            "MESSAGE_QUEUE_SUBSCRIPTION_NAME", \.messageQueue.subscriptionName, .text, isUsed: false,
            "Its subscription"),
        Setting("MESSAGE_QUEUE_TOPIC_NAME", \.messageQueue.topicName, .text, isUsed: false, "Its topic"),
        Setting("OPENAI_API_KEY", \.tips.openAIKey, .secret, isUsed: false, "For tips judged by a model of OpenAI"),
        Setting("OPENAI_MODEL", \.tips.openAIModel, .text, isUsed: false, "Which model"),
        Setting(
            "ANTHROPIC_API_KEY", \.tips.anthropicKey, .secret, isUsed: false, "For tips judged by a model of Anthropic"),
        Setting("ANTHROPIC_MODEL", \.tips.anthropicModel, .text, isUsed: false, "Which model"),
    ]
}
