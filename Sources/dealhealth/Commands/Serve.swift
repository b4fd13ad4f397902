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
            Every option is also an environment variable, or a line in a file; `dealhealth config` shows all settings in force, \
            and its help all there are.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let effective = try options.effective()
        let configuration = effective.configuration
        let certificateRotation = try Self.certificateRotation(configuration.tls)
        Self.raiseFileLimit()
        cmalloc_map_from(Self.mappedBytesMin)
        // First of all: a second server on one directory ends here, before it listens anywhere.
        let dataDirectory = try DataDirectory(configuration.log.directory)

        LoggingSystem.bootstrap(configuration.logHandler)
        let registry = PrometheusRegistry(buckets: Self.buckets, help: HTTPServer.metricsHelp)
        MetricsSystem.bootstrap(registry)

        let logger = Logger(label: "dealhealth")
        Self.warn(effective, logger)
        let handle = EngineHandle()
        let ring = try configuration.keyRing()
        var serverSettings = configuration.serverSettings
        serverSettings.access = try configuration.accessSettings(ring)
        serverSettings.tls = certificateRotation?.identity
        let announcement = Announcement(settings: serverSettings, dataPath: dataDirectory.path) { line in
            if configuration.monitoring.isLoggingStructured { logger.notice("\(line)") } else { Console.say(line) }
        }
        let server = HTTPServer(
            settings: serverSettings, handle: handle, registry: registry, logger: logger,
            onListening: announcement.listening)
        let engine = EngineService(
            directory: dataDirectory, options: configuration.logOptions, settings: configuration.engineSettings,
            handle: handle,
            logger: logger)
        var group = ServiceGroupConfiguration(
            // Stopped from the last to the first: readiness fails, requests finish, then the engine.
            services: [
                EssentialService(engine), Self.essential(server.operations), Self.essential(server.api),
                DrainService(handle: handle, delay: configuration.shutdown.delay),
            ]
                + (ring.map { [KeyRotation(ring: $0, reader: SettingsReader(flags: options.flags), logger: logger)] }
                    ?? []) + [certificateRotation].compactMap(\.self),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.shutdown.delay + .seconds(8)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            Console.say("dealhealth: \(error)")
            throw ExitCode(1)
        }
    }

    /// Nil where TLS is off.
    private static func certificateRotation(_ settings: Configuration.TLS) throws -> CertificateRotation? {
        do {
            return try CertificateFiles(settings).map { files throws(ConfigurationError) in
                try CertificateRotation(files)
            }
        } catch {
            Console.say("dealhealth: \(error)")
            throw ExitCode.validationFailure
        }
    }

    private static func warn(_ effective: EffectiveConfiguration, _ logger: Logger) {
        for warning in effective.warnings { logger.warning("\(warning)") }
        if effective.configuration.isHostOverruled {
            logger.warning(
                "without JWT_SECRET whoever reaches the server may write: it listens on loopback only",
                metadata: ["HOST": "\(effective.configuration.server.host)"])
        }
        let unused = effective.unused
        if !unused.isEmpty {
            logger.warning("settings that this version does not use yet are set: \(unused.joined(separator: ", "))")
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
