import Foundation

/// Messages from any thread to one that takes all of them at once.
///
/// @unchecked Sendable: `messages` is touched inside `lock` only. A pthread lock, which ThreadSanitizer sees.
final class Inbox<Message>: @unchecked Sendable {
    private let lock = NSLock()
    private var messages: [Message] = []

    /// Whether it was empty, so that the taker is to be woken.
    func append(_ message: sending Message) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        messages.append(message)
        return messages.count == 1
    }

    func take() -> [Message] {
        lock.lock()
        defer { lock.unlock() }
        let taken = messages
        messages = []
        return taken
    }
}
