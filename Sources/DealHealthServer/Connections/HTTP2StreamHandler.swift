import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What a request has over HTTP/2 that one over HTTP/1.1 has from its connection: deadlines, and a place in the count of requests. And what
/// it must not have: `Connection`, which would make its answer malformed (RFC 9113 §8.2.2).
///
/// Sits between the codec and `ConnectionEndHandler`; all of it runs on the channel's event loop.
final class HTTP2StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let progress: ConnectionProgress
    private let watch: DeadlineWatch
    private var connection: HTTP2ConnectionHandler?

    private init(_ progress: ConnectionProgress) {
        self.progress = progress
        watch = DeadlineWatch(progress)
    }

    /// The handlers of a new stream behind its codec.
    static func handlers(_ metrics: HTTPMetrics, _ admission: Admission) -> [any RemovableChannelHandler] {
        let end = ConnectionEndHandler(kind: .api, metrics: metrics, admission: admission)
        return [HTTP2StreamHandler(end.progress), end]
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection = try? context.channel.parent?.pipeline.syncOperations.handler(type: HTTP2ConnectionHandler.self)
        connection?.streamOpened()
        watch.start(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.stop()
        connection?.streamClosed()
        connection = nil
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        progress.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.headerFields[.connection] != nil else {
            return context.write(data, promise: promise)
        }
        head.headerFields[.connection] = nil
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
