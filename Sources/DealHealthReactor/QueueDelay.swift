import Synchronization

/// How long what has arrived waits before anybody looks at it: the time that one turn over all ready connections takes.
///
/// The least of a window counts, not the latest or the mean, and it is nothing if there was a pause: a burst that is worked off is
/// no overload, a queue that stands is (CoDel, RFC 8289 §3). Noted by the reactor; read on any thread.
public final class QueueDelay: Sendable {
    private static let windowNanoseconds: UInt64 = 100_000_000
    /// A pause between turns that shows that nothing was waiting: taking events that are there is done in a tenth of it.
    private static let pauseNanoseconds: UInt64 = 100_000

    /// Nanoseconds; of the last whole window, or of the one before it goes on.
    private let standing = Atomic<UInt64>(0)
    /// Until when `standing` holds: a reactor without work notes nothing.
    private let validUntil = Atomic<UInt64>(0)
    /// The window's, touched by the reactor only.
    private let least = Atomic<UInt64>(.max)
    private let windowEnd = Atomic<UInt64>(0)
    private let lastEnd = Atomic<UInt64>(0)

    public init() {}

    /// A turn that had work took from `start` to `end`, nanoseconds of the monotonic clock.
    func note(from start: UInt64, to end: UInt64) {
        let hadPause = start >= lastEnd.load(ordering: .relaxed) + Self.pauseNanoseconds
        lastEnd.store(end, ordering: .relaxed)
        least.store(hadPause ? 0 : min(least.load(ordering: .relaxed), end - start), ordering: .relaxed)
        guard end >= windowEnd.load(ordering: .relaxed) else { return }
        standing.store(least.load(ordering: .relaxed), ordering: .relaxed)
        validUntil.store(end + 2 * Self.windowNanoseconds, ordering: .relaxed)
        least.store(.max, ordering: .relaxed)
        windowEnd.store(end + Self.windowNanoseconds, ordering: .relaxed)
    }

    /// The standing delay, nanoseconds; 0 when there is none.
    public var nanoseconds: UInt64 {
        let nanoseconds = standing.load(ordering: .relaxed)
        // Without a delay there is no need to know the time.
        return nanoseconds > 0 && MonotonicClock.now() < validUntil.load(ordering: .relaxed) ? nanoseconds : 0
    }
}
