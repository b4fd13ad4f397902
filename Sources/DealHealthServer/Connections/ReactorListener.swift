import DealHealthCore
import DealHealthReactor
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The API's address. Reactors answer what the fast lane takes; a connection that sends anything else goes to Hummingbird, and
/// stays there. Runs until graceful shutdown, which lets requests finish.
struct ReactorListener: Service {
    /// A connection that left the reactors, and what was read of it.
    private struct HandedOver: Sendable {
        let socket: Int32
        let bytes: [UInt8]
    }

    let host: String
    let port: Int
    let threadCount: Int
    let connectionsMax: Int
    let responder: RequestResponder
    let fastLane: FastLane
    let logger: Logger
    /// Told the port once bound.
    let onListening: @Sendable (ListenerKind, Int) async -> Void

    func run() async throws {
        let listener = try listen()
        let (handedOver, handOver) = AsyncStream<HandedOver>.makeStream()
        let reactors: ReactorGroup
        do {
            reactors = try ReactorGroup(
                settings: settings(), listener: listener, counters: fastLane.counters, delays: fastLane.delays,
                makeAnswerer: { fastLane.makeAnswerer($0) },
                handOver: { handOver.yield(HandedOver(socket: $0, bytes: $1)) })
        } catch {
            throw cannotListen(error)
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threadCount)
        let connections = OpenChannels()
        let slowLane = slowLane()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onListening(.api, listener.port)
                await withDiscardingTaskGroup { tasks in
                    tasks.addTask {
                        await reactors.run()
                        handOver.finish()
                    }
                    for await connection in handedOver {
                        tasks.addTask {
                            await serve(connection, slowLane, group, connections)
                            reactors.handedOverConnectionEnded()
                        }
                    }
                }
            } onGracefulShutdown: {
                connections.quiesce()
                reactors.quiesce()
            }
        } onCancel: {
            reactors.stop()
        }
        try await group.shutdownGracefully()
    }

    /// Serves one connection in Hummingbird until it ends.
    private func serve(
        _ connection: HandedOver, _ slowLane: HTTP1Channel, _ group: MultiThreadedEventLoopGroup,
        _ connections: OpenChannels
    ) async {
        let bootstrap = ClientBootstrap(group: group).channelOption(.allowRemoteHalfClosure, value: true)
        let channel = FastLaneChannel(slowLane: slowLane, fastLane: fastLane, arrived: connection.bytes)
        guard
            let value = try? await bootstrap.withConnectedSocket(
                connection.socket, channelInitializer: { channel.setup(channel: $0, logger: logger) })
        else { return }
        connections.insert(value.channel)
        await channel.handle(value: value, logger: logger)
        connections.remove(value.channel)
    }

    /// Hummingbird's codec and request loop around our responder; what else its `Application` does we do not need.
    private func slowLane() -> HTTP1Channel {
        HTTP1Channel(
            responder: { [responder, logger] request, writer, channel in
                let source = ApplicationRequestContextSource(channel: channel, logger: logger)
                var response = await responder.respond(to: request, context: ConnectionContext(source: source))
                response.headers[.date] = HTTPDate.now()
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    // The next request is none: `ConnectionEndHandler` answers, and this connection's loop is to end without.
                    throw ChannelError.inputClosed
                }
            },
            configuration: Listener.channelConfiguration(
                kind: .api, metrics: responder.metrics, admission: fastLane.admission, idleTimeout: nil))
    }

    private func listen() throws -> ListeningSocket {
        do {
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            return try address.withSockAddr { pointer, length in
                try ListeningSocket(
                    address: pointer, length: socklen_t(length), backlog: Int32(ServerLimits.backlog))
            }
        } catch {
            throw cannotListen(error)
        }
    }

    private func cannotListen(_ error: any Error) -> ServerError {
        .cannotListen(.api, host: host, port: port, cause: error)
    }

    private func settings() -> ReactorSettings {
        ReactorSettings(
            connectionsMax: connectionsMax, idleTimeout: ServerLimits.idleTimeout,
            requestTimeout: ServerLimits.requestTimeout, outputTimeout: ServerLimits.outputTimeout,
            lingerTimeout: ServerLimits.lingerTimeout,
            fullAnswer: { Problem.tooManyConnections.lastAnswer }, timeoutAnswer: { Problem.requestTimeout.lastAnswer })
    }
}
