import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import NIOCore
import NIOEmbedded

@testable import DealHealthServer

/// A fast lane in a pipeline without sockets; the test plays the slow lane. One thread only.
final class LaneRig {
    /// Stands where the codec would.
    private final class Codec: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var text = ""
        var ends = 0
        var completions = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            completions += 1
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { ends += 1 }
        }
    }

    /// Stands where the socket would: counts reads, and can be closed for output alone, which an `EmbeddedChannel` cannot.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var reads = 0
        var isOutputClosed = false

        func read(context: ChannelHandlerContext) {
            reads += 1
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            isOutputClosed = true
            promise?.succeed()
        }
    }

    let channel = EmbeddedChannel()
    let progress = ConnectionProgress()
    private let codec = Codec()
    private let socket = Socket()

    init(_ handle: EngineHandle) throws {
        let reads = FastReads(
            handle: handle, metrics: HTTPMetrics(factory: PrometheusRegistry()), admission: Admission(workers: 1) { 0 },
            doorkeeper: Doorkeeper(FrontDoor(AccessSettings())))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(socket, FastLaneHandler(reads: reads, progress: progress), codec)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    func receive(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
    }

    func endInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
    }

    /// The slow lane has taken a request, and answers it.
    func answerSlowly() {
        progress.requestBegan()
        progress.requestEnded()
        progress.answerEnded()
        channel.embeddedEventLoop.run()
    }

    func requestRead() {
        channel.read()
    }

    /// What the codec got since it was asked last.
    func passed() -> String {
        defer { codec.text = "" }
        return codec.text
    }

    /// Whether the codec was told of the input's end.
    var isInputEnded: Bool { codec.ends > 0 }
    /// How often the codec was told that reading is complete.
    var completions: Int { codec.completions }
    /// Reads that came as far as the socket.
    var reads: Int { socket.reads }

    /// Whether no more can be sent.
    var isOutputClosed: Bool { socket.isOutputClosed }

    /// The number of answers written since it was asked last.
    func answers() throws -> Int {
        var count = 0
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            count += String(buffer: bytes).components("HTTP/1.1 ")
        }
        return count
    }
}

extension String {
    /// How often `part` begins in it.
    fileprivate func components(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
