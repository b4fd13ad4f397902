import Foundation
import Logging
import Testing

@testable import dealhealth

@Suite struct SettingTests {
    /// The deployment guide's own `.env`, as it stands there.
    private static let guide = """
        # Environment
        ENVIRONMENT=production
        DEBUG=false

        # Service
        SERVICE_NAME=deal-health-service
        SERVICE_VERSION=1.0.0
        HOST=0.0.0.0
        PORT=8000

        # Database
        DATABASE_URL=postgresql://user:password@host:5432/deal_health
        DATABASE_POOL_SIZE=20
        DATABASE_MAX_OVERFLOW=30

        # Redis
        REDIS_URL=redis://host:6379
        REDIS_POOL_SIZE=10

        # Message Queue
        MESSAGE_QUEUE_PROVIDER=pubsub
        MESSAGE_QUEUE_PROJECT_ID=your-gcp-project
        MESSAGE_QUEUE_SUBSCRIPTION_NAME=deal-health-events
        MESSAGE_QUEUE_TOPIC_NAME=deal-health-events

        # AI Services
        OPENAI_API_KEY=your-openai-api-key
        ANTHROPIC_API_KEY=your-anthropic-api-key
        OPENAI_MODEL=gpt-4
        ANTHROPIC_MODEL=claude-3-sonnet-20240229

        # Security
        JWT_SECRET=your-super-secure-jwt-secret-32-chars-minimum
        JWT_ALGORITHM=HS256
        JWT_EXPIRATION_HOURS=24

        # Rate Limiting
        RATE_LIMIT_REQUESTS_PER_MINUTE=100
        RATE_LIMIT_BURST_SIZE=20

        # CORS (Production)
        SECURITY_ALLOWED_ORIGINS=["https://shopgraph.com","https://simplycodes.com"]
        SECURITY_ALLOWED_METHODS=["GET","POST","PUT","DELETE"]
        SECURITY_ALLOWED_HEADERS=["*"]

        # Monitoring
        MONITORING_METRICS_PORT=9090
        MONITORING_LOG_LEVEL=INFO
        MONITORING_ENABLE_STRUCTURED_LOGGING=true
        MONITORING_ENABLE_PROMETHEUS_METRICS=true

        # Health Calculation
        HEALTH_CALCULATION_AUTOMATED_TEST_WEIGHT=0.6
        HEALTH_CALCULATION_COMMUNITY_VERIFICATION_WEIGHT=0.3
        HEALTH_CALCULATION_COMMUNITY_TIP_WEIGHT=0.1
        HEALTH_CALCULATION_DECAY_RATE_PER_DAY=0.1
        """

    @Test func everyLineOfTheGuideIsUnderstood() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("guide.env", Self.guide)
        let effective = try SettingsReader(environment: ["CONFIG_FILE": file]).read()
        #expect(effective.warnings.isEmpty)
        #expect(effective.origins.count == 35 + 1, "all of its names, and the file")
        let configuration = effective.configuration
        #expect(configuration.service.environment == .production)
        #expect(configuration.crossOrigin.allowedOrigins == ["https://shopgraph.com", "https://simplycodes.com"])
        #expect(configuration.monitoring.isLoggingStructured)
        #expect(configuration.tokens.expiration == .seconds(86_400))
    }

    /// Each default reads as itself: the table, the fields and the kinds agree.
    @Test(arguments: Setting.all.map(\.name)) func defaultsAreAllowed(name: String) throws {
        let setting = Setting.named(name)
        guard let text = setting.show(Configuration()) else { return }
        let effective = try SettingsReader(environment: [name: text]).read(only: [name])
        #expect(setting.show(effective.configuration) == text)
        #expect(effective.origins[name] == .environment)
    }

    @Test func secretsAreMasked() throws {
        let secrets = [
            "JWT_SECRET": "hush-hush-hush-hush-hush-hush-hush-hush", "OPENAI_API_KEY": "hush",
            "ANTHROPIC_API_KEY": "hush",
            "REDIS_URL": "redis://:hush@host:6379/0", "DATABASE_URL": "postgres://me:hu@sh@host/db?sslpassword=hush",
        ]
        let reader = SettingsReader(environment: secrets)
        let configuration = try reader.read().configuration
        for name in secrets.keys {
            let shown = try #require(Setting.named(name).show(configuration))
            #expect(!shown.contains("hu") && !shown.contains("sh@") && shown.contains(Secret.mask), "\(shown)")
        }
        #expect(Setting.named("REDIS_URL").show(configuration) == "redis://:********@host:6379/0")
        var dumped = ""
        dump(configuration, to: &dumped)
        // Services are described in log lines, with all that they keep.
        dump([reader], to: &dumped)
        dumped += "\(configuration) \([reader])"
        #expect(!dumped.contains("hush"))
    }

    @Test(
        arguments: [
            ("10.0.0.0/8,::1", ["10.0.0.0/8", "::1"]),
            ("[\"192.168.1.1\", \"fd00::/8\"]", ["192.168.1.1", "fd00::/8"]),
            ("10.0.0.0/33", nil), ("10.0.0/8", nil), ("::1/129", nil), ("10.0.0.0/8,", nil), ("host", nil),
            ("::/-1", nil),
        ] as [(String, [String]?)])
    func networks(text: String, expected: [String]?) {
        #expect(SettingKind<[String]>.networks.parse(text) == expected)
    }

    @Test(
        arguments: [
            ("a, b", ["a", "b"]), ("[\"a\",\"b\"]", ["a", "b"]), ("*", ["*"]), ("[]", []), ("a,,b", nil), ("[a]", nil),
            ("[1]", nil),
        ] as [(String, [String]?)])
    func lists(text: String, expected: [String]?) {
        #expect(SettingKind<[String]>.list.parse(text) == expected)
    }

    @Test(
        arguments: [("0", nil), ("nan", nil), ("inf", nil), ("0.5", .seconds(1_800)), ("168", .seconds(604_800))]
            as [(String, Duration?)])
    func hours(text: String, expected: Duration?) {
        #expect(SettingKind<Duration>.hours.parse(text) == expected)
    }

    @Test(arguments: ["INFO", "Warning", "debug"]) func levelsInAnyCase(text: String) {
        let effective = try? SettingsReader(environment: ["MONITORING_LOG_LEVEL": text]).read()
        #expect(effective?.configuration.monitoring.logLevel.rawValue == text.lowercased())
    }
}
