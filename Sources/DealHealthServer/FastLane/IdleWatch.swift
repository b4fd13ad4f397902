import NIOCore

/// Closes a connection when nothing has happened on it for `ServerLimits.idleTimeout` and no answer is due from us.
///
/// Hummingbird's own idle timeout sees parsed requests only and would end connections that are busy in the fast lane. Belongs to
/// the channel's event loop; keeps one scheduled task, which is moved when it fires and not with every request.
final class IdleWatch {
    private let progress: ConnectionProgress
    private var task: Scheduled<Void>?

    init(_ progress: ConnectionProgress) {
        self.progress = progress
    }

    /// Watches `channel` until `stop`, which MUST be called.
    func start(_ channel: any Channel, in delay: TimeAmount = TimeAmount(ServerLimits.idleTimeout)) {
        task = channel.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            let now = NIODeadline.now()
            let since = self.progress.isAnswering ? now : self.progress.lastActive
            let left = since + TimeAmount(ServerLimits.idleTimeout) - now
            if left > .zero {
                self.start(channel, in: left)
            } else {
                channel.close(promise: nil)
            }
        }
    }

    func stop() {
        task?.cancel()
        task = nil
    }
}
