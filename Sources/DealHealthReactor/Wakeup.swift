import CEpoll
import Glibc

/// Wakes the thread that polls `descriptor` (eventfd(2)). `wake` may be called on any thread.
final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws(ReactorError) {
        descriptor = cepoll_eventfd()
        guard descriptor >= 0 else { throw ReactorError("eventfd") }
    }

    deinit {
        close(descriptor)
    }

    func wake() {
        var one: UInt64 = 1
        // EAGAIN: it is awake already, 2⁶⁴ times.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes the wake-ups that there were.
    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
