import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle

@testable import DealHealthServer

/// The whole server on free ports, with an engine on a log in memory, for the length of a closure.
struct TestServer: Sendable {
    let apiPort: Int
    let operationsPort: Int
    let handle: EngineHandle
    let registry: PrometheusRegistry

    /// Runs a server whose engine has recovered.
    static func run(
        _ harness: EngineHarness<InMemoryLog> = EngineHarness(log: InMemoryLog()),
        access: AccessSettings = AccessSettings(),
        _ body: @Sendable @escaping (TestServer, Engine) async throws -> Void
    ) async throws {
        try await harness.run { engine in
            let handle = EngineHandle()
            handle.recovered(engine)
            try await serve(handle, access: access) { try await body($0, engine) }
        }
    }

    /// Runs a server on `handle`, which may have no engine yet.
    static func serve(
        _ handle: EngineHandle, isFastLaneEnabled: Bool = true, access: AccessSettings = AccessSettings(),
        servesMetricsOnAPI: Bool = false, accessLogDescriptor: Int32? = nil,
        _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        settings.port = 0
        settings.metricsPort = 0
        settings.threadCount = 1
        settings.version = "1.2.3"
        settings.isFastLaneEnabled = isFastLaneEnabled
        settings.access = access
        settings.isAccessLogged = accessLogDescriptor != nil
        settings.accessLogDescriptor = accessLogDescriptor ?? settings.accessLogDescriptor
        settings.servesMetricsOnAPI = servesMetricsOnAPI
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let registry = PrometheusRegistry(help: HTTPServer.metricsHelp)
        let (ports, announce) = AsyncStream<(ListenerKind, Int)>.makeStream()
        let server = HTTPServer(settings: settings, handle: handle, registry: registry, logger: logger) {
            announce.yield(($0, $1))
        }
        let services = ServiceGroup(services: [server.operations, server.api], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var bound: [ListenerKind: Int] = [:]
            for await (kind, port) in ports {
                bound[kind] = port
                if bound.count == ListenerKind.allCases.count { break }
            }
            let result: Result<Void, any Error>
            do {
                let running = TestServer(
                    apiPort: bound[.api] ?? 0, operationsPort: bound[.operations] ?? 0, handle: handle,
                    registry: registry)
                result = .success(try await body(running))
            } catch {
                result = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// One request on a connection of its own.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil,
        to kind: ListenerKind = .api
    ) async throws -> Reply {
        try await send(method, path, headers: headers, bytes: body.map { Array($0.utf8) }, to: kind)
    }

    /// One request on a connection of its own.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], bytes: [UInt8]?,
        to kind: ListenerKind = .api
    ) async throws -> Reply {
        try await TestClient.withClient(host: "127.0.0.1", port: kind == .api ? apiPort : operationsPort) { client in
            let request = TestClient.Request(
                path, method: method, authority: "localhost", headers: headers,
                body: bytes.map { ByteBuffer(bytes: $0) })
            return Reply(try await client.execute(request))
        }
    }

    /// Posts events as JSON, or as NDJSON.
    func post(_ body: String, as type: String? = "application/json") async throws -> Reply {
        try await send(.post, "/v1/events", headers: type.map { [.contentType: $0] } ?? [:], body: body)
    }

    func get(_ path: String, from kind: ListenerKind = .api) async throws -> Reply {
        try await send(.get, path, to: kind)
    }
}
