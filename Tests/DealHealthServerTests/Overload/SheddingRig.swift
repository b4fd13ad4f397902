import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization

@testable import DealHealthServer

/// `ConnectionEndHandler` in a pipeline without sockets or codec; the test plays the slow lane behind it. One thread only.
final class SheddingRig {
    /// Stands where Hummingbird would.
    private final class SlowLane: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart

        var parts: [HTTPRequestPart] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parts.append(unwrapInboundIn(data))
        }
    }

    /// A standing delay that the test sets.
    private final class Delay: Sendable {
        let nanoseconds = Atomic<UInt64>(0)
    }

    let channel = EmbeddedChannel()
    let admission: Admission
    private let slowLane = SlowLane()
    private let delay: Delay

    init(kind: ListenerKind = .api) throws {
        let delay = Delay()
        self.delay = delay
        admission = Admission(workers: 1) { delay.nanoseconds.load(ordering: .relaxed) }
        let handler = ConnectionEndHandler(
            kind: kind, metrics: HTTPMetrics(factory: PrometheusRegistry()), admission: admission)
        try channel.pipeline.syncOperations.addHandlers(handler, slowLane)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    var isOverloaded: Bool {
        get { delay.nanoseconds.load(ordering: .relaxed) > 0 }
        set { delay.nanoseconds.store(newValue ? .max : 0, ordering: .relaxed) }
    }

    func receiveHead(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:]) throws {
        let head = HTTPRequest(method: method, scheme: "http", authority: "x", path: path, headerFields: fields)
        try channel.writeInbound(HTTPRequestPart.head(head))
    }

    func receiveBody(_ text: String) throws {
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: text)))
    }

    func receiveEnd() throws {
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// A whole request without a body.
    func receive(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:]) throws {
        try receiveHead(method, path, fields)
        try receiveEnd()
    }

    /// The slow lane answers a request.
    func answer(_ status: HTTPResponse.Status = .ok) throws {
        channel.write(HTTPResponsePart.head(HTTPResponse(status: status)), promise: nil)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The paths of the requests that the slow lane got since it was asked last; whatever else it got must belong to them.
    func passed() -> [String] {
        defer { slowLane.parts = [] }
        return slowLane.parts.compactMap { part in
            if case .head(let head) = part { head.path } else { nil }
        }
    }

    /// The number of parts that the slow lane got since it was asked last.
    func passedParts() -> Int {
        defer { slowLane.parts = [] }
        return slowLane.parts.count
    }

    /// The heads written since it was asked last, and how many bytes of body came with each.
    func written() throws -> [(head: HTTPResponse, bodyCount: Int)] {
        var all: [(head: HTTPResponse, bodyCount: Int)] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            switch part {
            case .head(let head): all.append((head, 0))
            case .body(let bytes): all[all.count - 1].bodyCount += bytes.readableBytes
            case .end: break
            }
        }
        return all
    }

    func close() {
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }
}
