import DealHealthEngine
import DealHealthReactor
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Hummingbird, for the connections that the reactors hand over and for those behind TLS. Any thread may call it.
struct SlowLane: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let http: HTTP1Channel
    private let http2: HTTP2Channel
    private let fastLane: FastLane
    private let logger: Logger
    private let channels = OpenChannels()
    /// What serves a connection that is set up, on the way to a task of its own. As many at most as there may be connections.
    private let ready: AsyncStream<@Sendable () async -> Void>
    private let becameReady: AsyncStream<@Sendable () async -> Void>.Continuation

    init(group: MultiThreadedEventLoopGroup, responder: RequestResponder, fastLane: FastLane, logger: Logger) {
        self.group = group
        self.fastLane = fastLane
        self.logger = logger
        let respond = Self.respond(responder, logger)
        let metrics = responder.metrics
        let admission = fastLane.admission
        http = HTTP1Channel(
            responder: respond,
            configuration: Listener.channelConfiguration(
                kind: .api, metrics: metrics, admission: admission, idleTimeout: nil))
        http2 = HTTP2Channel(
            responder: respond,
            configuration: HTTP2Channel.Configuration(
                // Before `HTTP2ConnectionHandler` closes it: a peer that listens is told first.
                idleTimeout: ServerLimits.idleTimeout - ServerLimits.lingerTimeout,
                streamConfiguration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: HTTP2StreamHandler.handlers(metrics, admission))))
        (ready, becameReady) = AsyncStream.makeStream()
    }

    /// What Hummingbird's request loops call; what else its `Application` does we do not need.
    private static func respond(_ responder: RequestResponder, _ logger: Logger) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            let source = ApplicationRequestContextSource(channel: channel, logger: logger)
            var response = await responder.respond(to: request, context: ConnectionContext(source: source))
            response.headers[.date] = HTTPDate.now()
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The next request is none: `ConnectionEndHandler` answers, and this connection's loop is to end without.
                throw ChannelError.inputClosed
            }
        }
    }

    /// Serves each connection in a task of its own, until `finish` and the end of the last one.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await serve in ready { tasks.addTask(operation: serve) }
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
        ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                quiesceLater(channel)
                channel.closeFuture.whenComplete { _ in ended() }
                return serve(channel, arrived: arrived)
            }
            .withConnectedSocket(socket)
            .whenFailure { _ in ended() }
    }

    /// Tells a channel when the server stops; at once, when it already does.
    func quiesceLater(_ channel: any Channel) {
        channels.insert(channel)
    }

    /// Sets a channel up for HTTP/1.1 and has it served. MUST be called on its event loop and before `finish`.
    func serve(_ channel: any Channel, arrived: [UInt8] = []) -> EventLoopFuture<Void> {
        let lanes = FastLaneChannel(slowLane: http, fastLane: fastLane, arrived: arrived)
        return lanes.setup(channel: channel, logger: logger).map { value in
            _ = becameReady.yield { await lanes.handle(value: value, logger: logger) }
        }
    }

    /// As `serve`, for HTTP/2.
    func serveHTTP2(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP2ConnectionHandler())
        }.flatMap {
            http2.setup(channel: channel, logger: logger)
        }.map { value in
            _ = becameReady.yield { await http2.handle(value: value, logger: logger) }
        }
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

    /// Closes all connections, whatever they do.
    func close() {
        channels.close()
    }
}
