import NIOCore

/// Ends a connection whose peer lets its time pass: idle, with a head or a body that does not come to its end, or without reading.
///
/// Hummingbird's own idle timeout sees parsed requests only and would end connections that are busy in the fast lane; and it has no
/// total deadlines. Belongs to the channel's event loop; keeps one scheduled task, which is moved when it fires and not with every
/// request.
final class DeadlineWatch {
    /// A deadline is met by at most this much: a connection that waits for something else meanwhile is looked at again.
    private static let intervalMax = TimeAmount.seconds(2)

    private let progress: ConnectionProgress
    private var task: Scheduled<Void>?

    init(_ progress: ConnectionProgress) {
        self.progress = progress
    }

    /// Watches `channel` until `stop`, which MUST be called.
    func start(_ channel: any Channel) {
        task = channel.eventLoop.assumeIsolated().scheduleTask(in: Self.intervalMax) {
            if let deadline = self.progress.deadline, deadline <= .now() {
                channel.close(promise: nil)
            } else {
                self.start(channel)
            }
        }
    }

    func stop() {
        task?.cancel()
        task = nil
    }
}
