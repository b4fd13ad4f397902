import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// Hummingbird's HTTP/1 channel with the fast lane in front of its codec.
struct FastLaneChannel: ServerChildChannel {
    let slowLane: HTTP1Channel
    let fastLane: FastLane
    /// What was read of the connection before it came here.
    let arrived: [UInt8]

    /// Sets the slow lane up, then puts `FastLaneHandler` first, or right behind TLS: both in one turn of the channel's event loop, before
    /// the channel is registered or while its handshake ends, so that no byte can arrive in between.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let fastLane = fastLane
        let arrived = ByteBuffer(bytes: arrived)
        return slowLane.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let progress = try pipeline.handler(type: ConnectionEndHandler.self).progress
            let handler = FastLaneHandler(
                reads: fastLane.reads(on: channel.eventLoop), progress: progress, arrived: arrived)
            if let tls = try? pipeline.handler(type: NIOSSLServerHandler.self) {
                try pipeline.addHandler(handler, position: .after(tls))
            } else {
                try pipeline.addHandler(handler, position: .first)
            }
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await slowLane.handle(value: value, logger: logger)
    }
}
