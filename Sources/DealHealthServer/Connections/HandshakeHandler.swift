import NIOCore
import NIOTLS

/// Waits for the end of the TLS handshake, then sets up what the peers agreed on and goes.
///
/// A handshake that fails, takes too long or meets the server's stop ends the connection. All of it runs on the channel's event loop.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let slowLane: SlowLane
    private var timeout: Scheduled<Void>?

    init(_ slowLane: SlowLane) {
        self.slowLane = slowLane
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: TimeAmount(ServerLimits.handshakeTimeout)) {
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let name):
            let channel = context.channel
            let served = name == TLSIdentity.http2 ? slowLane.serveHTTP2(channel) : slowLane.serve(channel)
            served.whenFailure { _ in channel.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        case is ChannelShouldQuiesceEvent:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
