import Foundation

/// A value behind a lock, which is held for the length of a closure.
///
/// A pthread lock and not `Synchronization.Mutex`: ThreadSanitizer does not see that one's futex, and would report every
/// use as a race.
///
/// @unchecked Sendable: `value` is touched inside `lock` only.
public final class Locked<Value: ~Copyable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    public init(_ value: consuming sending Value) {
        self.value = value
    }

    /// Runs `body` with the value; MUST NOT wait for anything, nor lock again.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }

    /// As `withLock`, but does nothing when another holds the lock: for what must not wait.
    public func withLockIfFree(_ body: (inout Value) -> Void) {
        guard lock.try() else { return }
        defer { lock.unlock() }
        body(&value)
    }
}
