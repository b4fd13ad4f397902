import DealHealthEngine
import DealHealthReactor
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Hummingbird, for the connections that the reactors hand over. Any thread may call it.
struct SlowLane: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let http: HTTP1Channel
    private let fastLane: FastLane
    private let logger: Logger
    private let channels = OpenChannels()
    /// Set up and registered, on their way to a task each. As many at most as there may be connections.
    private let ready: AsyncStream<HTTP1Channel.Value>
    private let becameReady: AsyncStream<HTTP1Channel.Value>.Continuation

    init(group: MultiThreadedEventLoopGroup, responder: RequestResponder, fastLane: FastLane, logger: Logger) {
        self.group = group
        self.fastLane = fastLane
        self.logger = logger
        http = Self.http(responder, fastLane.admission, logger)
        (ready, becameReady) = AsyncStream.makeStream()
    }

    /// Hummingbird's codec and request loop around our responder; what else its `Application` does we do not need.
    private static func http(_ responder: RequestResponder, _ admission: Admission, _ logger: Logger) -> HTTP1Channel {
        HTTP1Channel(
            responder: { request, writer, channel in
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
                kind: .api, metrics: responder.metrics, admission: admission, idleTimeout: nil))
    }

    /// Serves each connection in a task of its own, until `finish` and the end of the last one.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await connection in ready {
                tasks.addTask { await http.handle(value: connection, logger: logger) }
            }
        }
    }

    /// Takes over a connection, of which `arrived` was read. Waits for nothing.
    ///
    /// The pipeline is set up on an event loop and not in a task: it decides what to turn away, and must not wait where the work
    /// does.
    func take(_ socket: Int32, arrived: [UInt8]) {
        let isCounted = Locked(true)
        let ended: @Sendable () -> Void = { [counters = fastLane.counters] in
            let wasCounted = isCounted.withLock { isCounted in
                defer { isCounted = false }
                return isCounted
            }
            if wasCounted { counters.handedOverConnectionEnded() }
        }
        let setup = FastLaneChannel(slowLane: http, fastLane: fastLane, arrived: arrived)
        ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channels.insert(channel)
                channel.closeFuture.whenComplete { _ in
                    channels.remove(channel)
                    ended()
                }
                return setup.setup(channel: channel, logger: logger).map { _ = becameReady.yield($0) }
            }
            .withConnectedSocket(socket)
            .whenFailure { _ in ended() }
    }

    /// Nothing more is taken over: `run` returns when the last connection has ended.
    func finish() async {
        // Behind what the event loops are still setting up.
        for eventLoop in group.makeIterator() { try? await eventLoop.submit {}.get() }
        becameReady.finish()
    }

    /// Asks all connections to end once their requests are answered.
    func quiesce() {
        channels.quiesce()
    }
}
