import NIOCore

/// Ends an HTTP/2 connection that is idle or whose peer does not read, in the time that HTTP/1.1 connections have, and on the server's stop
/// one without requests: Hummingbird asks a peer to go and then waits for it, however long.
///
/// What streams, resets and control frames a connection may have is bounded by NIOHTTP2's own limits: 100 streams at once, 200 resets and
/// 200 stream errors in half a minute. All of it runs on the channel's event loop.
final class HTTP2ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let progress = ConnectionProgress()
    private let watch: DeadlineWatch

    init() {
        watch = DeadlineWatch(progress)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        watch.start(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.stop()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        progress.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if event is ChannelShouldQuiesceEvent { closeOnceIdle(context.channel) }
    }

    /// A request has begun. Its own time is kept by its stream.
    func streamOpened() {
        progress.requestBegan()
        progress.requestEnded()
    }

    func streamClosed() {
        progress.answerEnded()
    }

    private func closeOnceIdle(_ channel: any Channel) {
        channel.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(ServerLimits.lingerTimeout)) {
            guard channel.isActive else { return }
            if self.progress.requestsInFlight == 0 {
                channel.close(promise: nil)
            } else {
                self.closeOnceIdle(channel)
            }
        }
    }
}
