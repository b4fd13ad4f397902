import DealHealthReactor
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// The API's address behind TLS: HTTP/1.1 in both lanes, or HTTP/2 where the peer asks for it (ALPN). Runs until graceful shutdown, which
/// lets requests finish.
///
/// NIO serves all of it: the reactors know sockets only. So events do not gather across connections, as they do there.
struct TLSListener: Service {
    let host: String
    let port: Int
    let threadCount: Int
    let connectionsMax: Int
    let identity: TLSIdentity
    let responder: RequestResponder
    let fastLane: FastLane
    let logger: Logger
    /// Told the port once bound.
    let onListening: @Sendable (ListenerKind, Int) async -> Void

    /// A connection over the limit: closed before its handshake, which would cost more than an answer is worth.
    private struct TooManyConnections: Error {}

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threadCount)
        let slowLane = SlowLane(group: group, responder: responder, fastLane: fastLane, logger: logger)
        let server: any Channel
        do {
            server = try await bootstrap(group, slowLane).bind(host: host, port: port).get()
        } catch {
            try? await group.shutdownGracefully()
            throw ServerError.cannotListen(.api, host: host, port: port, cause: error)
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onListening(.api, server.localAddress?.port ?? 0)
                await withDiscardingTaskGroup { tasks in
                    tasks.addTask {
                        try? await server.closeFuture.get()
                        await slowLane.finish()
                    }
                    await slowLane.run()
                }
            } onGracefulShutdown: {
                server.close(promise: nil)
                slowLane.quiesce()
            }
        } onCancel: {
            server.close(promise: nil)
            slowLane.close()
        }
        try await group.shutdownGracefully()
    }

    private func bootstrap(_ group: MultiThreadedEventLoopGroup, _ slowLane: SlowLane) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(ServerLimits.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [counters = fastLane.counters] channel in
                guard counters.enter(limit: connectionsMax) else {
                    return channel.eventLoop.makeFailedFuture(TooManyConnections())
                }
                channel.closeFuture.whenComplete { _ in counters.handedOverConnectionEnded() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
                    try pipeline.addHandler(HandshakeHandler(slowLane))
                    slowLane.quiesceLater(channel)
                }
            }
    }
}
