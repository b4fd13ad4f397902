import ArgumentParser
import CMalloc
import DealHealthServer
import DealHealthWAL
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// `dealhealth serve`: takes events, answers scores.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve: take events, keep scores, answer reads.",
        discussion: """
            Every option is also an environment variable; the option wins. Scoring (HEALTH_CALCULATION_…), retention \
            (LOG_RETENTION_HOURS, LOG_RETENTION_BYTES, EVENT_ID_RETENTION_HOURS) and the recovery target \
            (RECOVERY_SECONDS_TARGET) are environment variables only.
            """)

    @Option(help: "Address to listen on. [env: HOST] (default: 127.0.0.1)")
    var host: String?
    @Option(help: "Port of the API. [env: PORT] (default: 8000)")
    var port: Int?
    @Option(help: "Port of metrics and probes. [env: MONITORING_METRICS_PORT] (default: 9090)")
    var metricsPort: Int?
    @OptionGroup var directory: DataDirectoryOptions

    func run() async throws {
        let engineSettings = try EngineEnvironment.settings()
        var serverSettings = ServerSettings()
        serverSettings.host = try Setting.value(host, "HOST", default: serverSettings.host)
        serverSettings.port = try Setting.value(port, "PORT", default: serverSettings.port)
        serverSettings.metricsHost = serverSettings.host
        serverSettings.metricsPort = try Setting.value(
            metricsPort, "MONITORING_METRICS_PORT", default: serverSettings.metricsPort)
        serverSettings.version = DealHealth.version
        let options = try EngineEnvironment.logOptions()
        Self.raiseFileLimit()
        cmalloc_map_from(Self.mappedBytesMin)
        // First of all: a second server on one directory ends here, before it listens anywhere.
        let dataDirectory = try DataDirectory(try directory.path)

        let level = try Setting.value(nil, "MONITORING_LOG_LEVEL", default: "info").lowercased()
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw ValidationError("MONITORING_LOG_LEVEL=\(level) is none of \(Logger.Level.allCases.map(\.rawValue)).")
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = logLevel
            return handler
        }
        let registry = PrometheusRegistry(buckets: Self.buckets, help: HTTPServer.metricsHelp)
        MetricsSystem.bootstrap(registry)

        let logger = Logger(label: "dealhealth")
        let handle = EngineHandle()
        let announcement = Announcement(settings: serverSettings, dataPath: dataDirectory.path)
        let server = HTTPServer(
            settings: serverSettings, handle: handle, registry: registry, logger: logger,
            onListening: announcement.listening)
        let engine = EngineService(
            directory: dataDirectory, options: options, settings: engineSettings, handle: handle, logger: logger)
        var configuration = ServiceGroupConfiguration(
            // Stopped from the last to the first: readiness fails, requests finish, then the engine.
            services: [
                EssentialService(engine), Self.essential(server.operations), Self.essential(server.api),
                DrainService(handle: handle),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            Console.say("dealhealth: \(error)")
            throw ExitCode(1)
        }
    }

    private static func essential(_ service: some Service) -> any Service {
        EssentialService(service)
    }

    /// Above what a request takes, so that only the large, long-lived blocks of a bulk load are mapped and unmapped.
    private static let mappedBytesMin: Int32 = 4 << 20

    /// Allows as many open files, and so connections, as the system lets us.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Histograms that are not of seconds.
    private static let buckets: [String: [Double]] = [
        "dealhealth_commit_events": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384],
        "dealhealth_commit_bytes": [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 8_388_608],
    ]
}
