import CEpoll
import Foundation
import Glibc

/// Messages from any thread to one that polls `descriptor` (eventfd(2)) and takes all of them at once.
///
/// @unchecked Sendable: `messages` is touched inside `lock` only. A pthread lock, which ThreadSanitizer sees.
final class Mailbox<Message>: @unchecked Sendable {
    /// Readable while there are messages.
    let descriptor: Int32
    private let lock = NSLock()
    private var messages: [Message] = []
    private var isClosed = false

    init() throws(ReactorError) {
        descriptor = cepoll_eventfd()
        guard descriptor >= 0 else { throw ReactorError("eventfd") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Whether the message will be taken: false once the mailbox is closed.
    @discardableResult
    func post(_ message: sending Message) -> Bool {
        lock.lock()
        if isClosed {
            lock.unlock()
            return false
        }
        messages.append(message)
        let isFirst = messages.count == 1
        lock.unlock()
        guard isFirst else { return true }
        var one: UInt64 = 1
        // EAGAIN: it is awake already, 2⁶⁴ times.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
        return true
    }

    func take() -> [Message] {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        lock.lock()
        defer { lock.unlock() }
        let taken = messages
        messages = []
        return taken
    }

    /// Takes the last messages: none is taken any more.
    func close() -> [Message] {
        lock.lock()
        defer { lock.unlock() }
        isClosed = true
        let taken = messages
        messages = []
        return taken
    }
}
