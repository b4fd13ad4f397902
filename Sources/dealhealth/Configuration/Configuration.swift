import DealHealthCore
import DealHealthEngine
import DealHealthServer
import DealHealthWAL
import Logging

/// Everything that an operator can choose, in groups; a new one has the defaults.
///
/// `Setting.all` says which name sets which field; `SettingsReader` fills it from the sources. Fields of features that this build
/// does not have yet are read and checked all the same, and `Setting.isUsed` is false for them.
struct Configuration: Sendable {
    var sources = Sources()
    var service = Service()
    /// `metricsHost` and `version` follow from other fields: use `serverSettings`.
    var server = ServerSettings()
    var tls = TLS()
    var proxies = Proxies()
    var tokens = Tokens()
    var rateLimit = RateLimit()
    var crossOrigin = CrossOrigin()
    var log = Log()
    var engine = EngineSettings()
    /// Whether the bare formula of the score is served, without any guard (DESIGN §4).
    var isFormulaPlain = false
    var monitoring = Monitoring()
    var shutdown = Shutdown()
    var redis = Redis()
    var database = Database()
    var messageQueue = MessageQueue()
    var tips = Tips()

    /// Where settings are looked for besides flags and environment.
    struct Sources: Sendable {
        /// Lines `NAME=value`.
        var file: String?
        /// A file for each setting, as orchestrators mount secrets.
        var secretsDirectory: String?
    }

    struct Service: Sendable {
        enum Environment: String, CaseIterable, Sendable { case development, test, staging, production }

        var environment = Environment.development
        var isDebugging = false
        /// What structured log lines call this service.
        var name = "dealhealth"
        /// What `/health` says.
        var version = DealHealth.version
    }

    /// Both files or neither, in PEM.
    struct TLS: Sendable {
        var certificateFile: String?
        var keyFile: String?
    }

    struct Proxies: Sendable {
        /// Networks, as `10.0.0.0/8` or a single address, whose word on a client's address is taken.
        var trusted: [String] = []
    }

    /// Bearer tokens; off without a secret.
    struct Tokens: Sendable {
        enum Algorithm: String, CaseIterable, Sendable { case hs256 = "HS256" }

        /// Read it with `TokenKeys`.
        var secret: Secret?
        var algorithm = Algorithm.hs256
        var expiration: Duration = .seconds(24 * 3_600)
        var issuer: String?
        var audience: String?
        /// Whether reads need a token, and not only writes.
        var areReadsProtected = false
    }

    /// Requests of one client; nil is no limit.
    struct RateLimit: Sendable {
        var requestsPerMinute: Int?
        var burstSize: Int?
    }

    /// What browsers on other sites may do; empty is nothing.
    struct CrossOrigin: Sendable {
        var allowedOrigins: [String] = []
        var allowedMethods = ["GET", "HEAD", "POST", "PUT"]
        var allowedHeaders = ["*"]
    }

    struct Log: Sendable {
        var directory = "./data"
        var mapBytes = Limits.mapBytesInitial
        var failpoint: Failpoint?
    }

    struct Monitoring: Sendable {
        var logLevel = Logger.Level.info
        /// Log lines as JSON objects, else as text.
        var isLoggingStructured = false
    }

    struct Shutdown: Sendable {
        /// How long readiness is false before connections are refused: time for balancers to notice.
        var delay: Duration = .seconds(1)
    }

    struct Redis: Sendable {
        var url: Secret?
        var poolSize: Int?
    }

    /// PostgreSQL, the archive.
    struct Database: Sendable {
        var url: Secret?
        var poolSize: Int?
        /// Connections beyond the pool, in a rush.
        var maxOverflow: Int?
    }

    struct MessageQueue: Sendable {
        enum Provider: String, CaseIterable, Sendable { case pubsub }

        var provider: Provider?
        var projectID: String?
        var subscriptionName: String?
        var topicName: String?
    }

    /// Language models that judge community tips.
    struct Tips: Sendable {
        var openAIKey: Secret?
        var openAIModel: String?
        var anthropicKey: Secret?
        var anthropicModel: String?
    }
}

extension Configuration {
    var serverSettings: ServerSettings {
        var settings = server
        if isHostOverruled { settings.host = ServerSettings().host }
        settings.metricsHost = settings.host
        settings.version = service.version
        settings.servesMetricsOnAPI = service.environment != .production
        return settings
    }

    @Sendable func logHandler(label: String) -> any LogHandler {
        var handler: any LogHandler =
            monitoring.isLoggingStructured
            ? JSONLogHandler(label: label, service: service.name) : StreamLogHandler.standardError(label: label)
        handler.logLevel = monitoring.logLevel
        return handler
    }

    /// What the engine is run with.
    var engineSettings: EngineSettings {
        var settings = engine
        if isFormulaPlain { settings.scoring = settings.scoring.plain }
        return settings
    }

    var logOptions: LogOptions {
        var options = LogOptions(verify: ChildVerifier.verify)
        options.mapBytes = log.mapBytes
        if let failpoint = log.failpoint {
            options.failpoints = .killing(at: failpoint.name, count: failpoint.count)
        }
        return options
    }
}
