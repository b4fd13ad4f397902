import DealHealthCore
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One address that is listened at, with threads of its own; runs until graceful shutdown, which lets requests finish.
struct Listener: Service {
    let kind: ListenerKind
    let host: String
    let port: Int
    let threadCount: Int
    let connectionsMax: Int
    let responder: RequestResponder
    let admission: Admission
    let logger: Logger
    /// Told the port once bound.
    let onListening: @Sendable (ListenerKind, Int) async -> Void

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threadCount)
        do {
            try await application(group).run()
        } catch let error as IOError {
            try? await group.shutdownGracefully()
            throw cannotListen(error)
        } catch {
            try? await group.shutdownGracefully()
            throw error is ChannelError || error is SocketAddressError ? cannotListen(error) : error
        }
        try await group.shutdownGracefully()
    }

    private func cannotListen(_ error: any Error) -> ServerError {
        .cannotListen(kind, host: host, port: port, cause: error)
    }

    /// How Hummingbird serves a connection of either listener.
    ///
    /// - Parameter idleTimeout: nil where another keeps it, see `DeadlineWatch`.
    static func channelConfiguration(
        kind: ListenerKind, metrics: HTTPMetrics, admission: Admission, idleTimeout: TimeAmount?
    ) -> HTTP1Channel.Configuration {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Limits.headerBytesMax, maxHeaderListSize: Limits.headerBytesMax,
            maxHeaderFieldCount: ServerLimits.headerFieldsMax)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestFramingInstaller(),
                ConnectionEndHandler(kind: kind, metrics: metrics, admission: admission),
            ], idleTimeout: idleTimeout, httpDecoderConfiguration: decoder)
    }

    private func application(_ group: MultiThreadedEventLoopGroup) -> some Service {
        var quietLogger = logger
        // What Hummingbird calls an error is a connection that ended, or a stop under way: not the operator's business.
        quietLogger.logLevel = .critical
        let channel = Self.channelConfiguration(
            kind: kind, metrics: responder.metrics, admission: admission,
            idleTimeout: TimeAmount(ServerLimits.idleTimeout))
        return Application(
            responder: responder,
            server: HTTPServerBuilder { HTTP1Channel(responder: $0, configuration: channel) },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: ServerLimits.backlog, reuseAddress: true,
                availableConnectionsDelegate: MaximumAvailableConnections(connectionsMax, logger: quietLogger)),
            onServerRunning: { [kind, onListening] channel in
                await onListening(kind, channel.localAddress?.port ?? 0)
            },
            eventLoopGroupProvider: .shared(group),
            logger: quietLogger)
    }
}
