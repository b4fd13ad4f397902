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
    /// Nil where all requests take the slow lane.
    let fastLane: FastLane?
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
        let flags = kind == .api ? "--host and --port" : "--metrics-port"
        return ServerError(
            .cannotListen, "cannot listen at \(host):\(port) (\(kind.rawValue)): choose another address with \(flags)",
            cause: error)
    }

    private func application(_ group: MultiThreadedEventLoopGroup) -> some Service {
        var quietLogger = logger
        // What Hummingbird calls an error is a connection that ended, or a stop under way: not the operator's business.
        quietLogger.logLevel = .critical
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Limits.headerBytesMax, maxHeaderListSize: Limits.headerBytesMax,
            maxHeaderFieldCount: ServerLimits.headerFieldsMax)
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionEndHandler(metrics: responder.metrics)],
            // The fast lane keeps it for both lanes, see `IdleWatch`.
            idleTimeout: fastLane == nil ? TimeAmount(ServerLimits.idleTimeout) : nil, httpDecoderConfiguration: decoder
        )
        return Application(
            responder: responder,
            server: HTTPServerBuilder { [fastLane] responder in
                let slowLane = HTTP1Channel(responder: responder, configuration: channel)
                guard let fastLane else { return slowLane }
                return FastLaneChannel(slowLane: slowLane, fastLane: fastLane)
            },
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
