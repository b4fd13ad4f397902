import DealHealthEngine
import DealHealthReactor
public import Logging
import NIOCore
public import ServiceLifecycle

/// The HTTP edge: the API and, at an address of their own, metrics and probes.
///
/// Both listen before the engine has recovered, and tell how far it is. Run the two services in one `ServiceGroup`: on graceful
/// shutdown each stops taking connections and lets the requests it has finish.
public struct HTTPServer: Sendable {
    /// The API (`ServerSettings.host`, `.port`).
    public let api: any Service
    /// Metrics and probes (`ServerSettings.metricsHost`, `.metricsPort`), on a thread of their own.
    public let operations: any Service

    /// A server that is not running yet. MUST be made once per registry: it adds itself to what a scrape collects.
    ///
    /// - Parameters:
    ///   - handle: where the engine is found once it has recovered.
    ///   - registry: what `/metrics` shows; the engine's gauges and the process's are refreshed before each scrape.
    ///   - onListening: told the port of each listener once it is bound.
    public init(
        settings: ServerSettings, handle: EngineHandle, registry: PrometheusRegistry, logger: Logger,
        onListening: @escaping @Sendable (ListenerKind, Int) async -> Void = { _, _ in }
    ) {
        ServerLimits.checkInvariants()
        registry.onCollect { handle.engine?.recordMetrics() }
        ProcessMetrics().install(in: registry)
        PredecessorMetrics(handle: handle).install(in: registry)
        let budget = BodyBudget()
        let metrics = HTTPMetrics(factory: registry)
        let door = FrontDoor(settings.access, isBehindTLS: settings.tls != nil)
        let slowLaneDoor = SlowLaneDoor(door)
        let accessLog =
            settings.isAccessLogged ? AccessLog(descriptor: settings.accessLogDescriptor, factory: registry) : nil
        let documentation = DocumentationRoutes()
        func responder(_ kind: ListenerKind) -> RequestResponder {
            RequestResponder(
                kind: kind, metrics: metrics, events: EventRoutes(handle: handle, budget: budget),
                health: HealthRoutes(handle: handle, budget: budget), history: HistoryRoutes(handle: handle),
                lists: ListRoutes(handle: handle), explanations: ExplanationRoutes(handle: handle),
                retest: RetestRoute(handle: handle), scoring: ScoringRoutes(handle: handle, budget: budget),
                probes: ProbeRoutes(handle: handle, version: settings.version),
                exposition: settings.isMetricsEnabled ? MetricsRoute(registry: registry) : nil,
                hotDeals: HotDealsRoute(handle: handle),
                predecessor: PredecessorRoutes(handle: handle, budget: budget, registry: registry),
                documentation: documentation,
                servesMetrics: kind == .operations || settings.servesMetricsOnAPI,
                door: kind == .api ? slowLaneDoor : nil, accessLog: kind == .api ? accessLog : nil)
        }
        let threadCount = settings.threadCount ?? ReactorGroup.usableProcessorCount
        let fastLane = FastLane(
            handle: handle, metrics: metrics, door: door, accessLog: accessLog, reactorCount: threadCount)
        if let tls = settings.tls {
            ConnectionMetrics(fastLane).install(in: registry)
            api = TLSListener(
                host: settings.host, port: settings.port, threadCount: threadCount,
                connectionsMax: ConnectionLimit.current(), identity: tls, responder: responder(.api),
                fastLane: fastLane, logger: logger, onListening: onListening)
        } else if settings.isFastLaneEnabled {
            ConnectionMetrics(fastLane).install(in: registry)
            api = ReactorListener(
                host: settings.host, port: settings.port, threadCount: threadCount,
                connectionsMax: ConnectionLimit.current(), responder: responder(.api), fastLane: fastLane,
                logger: logger, onListening: onListening)
        } else {
            api = Listener(
                kind: .api, host: settings.host, port: settings.port, threadCount: threadCount,
                connectionsMax: ConnectionLimit.current(), responder: responder(.api), admission: fastLane.admission,
                logger: logger, onListening: onListening)
        }
        operations = Listener(
            kind: .operations, host: settings.metricsHost, port: settings.metricsPort, threadCount: 1,
            connectionsMax: ServerLimits.operationsConnectionsMax, responder: responder(.operations),
            admission: fastLane.admission, logger: logger, onListening: onListening)
    }

    /// Help texts of everything that the registry shows: give them to its initializer.
    public static var metricsHelp: [String: String] {
        [
            HTTPMetrics.help, AccessLog.help, ConnectionMetrics.help, ProcessMetrics.help, PredecessorMetrics.help,
            Engine.metricsHelp,
        ]
        .reduce(into: [:]) { all, help in
            all.merge(help) { first, _ in first }
        }
    }
}
