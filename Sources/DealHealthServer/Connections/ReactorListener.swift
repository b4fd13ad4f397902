import DealHealthCore
import DealHealthReactor
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The API's address. Reactors answer what the fast lane takes; a connection that sends anything else goes to Hummingbird, and
/// stays there. Runs until graceful shutdown, which lets requests finish.
struct ReactorListener: Service {
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
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threadCount)
        let slowLane = SlowLane(group: group, responder: responder, fastLane: fastLane, logger: logger)
        let (reactors, boundPort): (ReactorGroup, Int)
        do {
            (reactors, boundPort) = try makeReactors(slowLane)
        } catch {
            try? await group.shutdownGracefully()
            throw cannotListen(error)
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onListening(.api, boundPort)
                await withDiscardingTaskGroup { tasks in
                    tasks.addTask {
                        await reactors.run()
                        await slowLane.finish()
                    }
                    await slowLane.run()
                }
            } onGracefulShutdown: {
                slowLane.quiesce()
                reactors.quiesce()
            }
        } onCancel: {
            reactors.stop()
        }
        try await group.shutdownGracefully()
    }

    /// The reactors, and the port that is bound. Nobody else holds the socket that listens, so that it closes when they quiesce: who
    /// comes then is refused at once, and does not wait to be accepted.
    private func makeReactors(_ slowLane: SlowLane) throws -> (ReactorGroup, boundPort: Int) {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let listener = try address.withSockAddr { pointer, length in
            try ListeningSocket(address: pointer, length: socklen_t(length), backlog: Int32(ServerLimits.backlog))
        }
        let reactors = try ReactorGroup(
            settings: settings(), listener: listener, counters: fastLane.counters, delays: fastLane.delays,
            makeAnswerer: { fastLane.makeAnswerer($0) }, handOver: { slowLane.take($0, arrived: $1) })
        return (reactors, listener.port)
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
