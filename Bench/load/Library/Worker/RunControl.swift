import Synchronization

/// What the workers of a run and the thread that waits for them share. Any thread may call it; nobody waits long.
final class RunControl: Sendable {
    private struct Shared {
        /// Intervals that workers have ended.
        var ended: [Interval] = []
        /// Used ones, whose memory is taken again.
        var spare: [Interval] = []
        var failure: LoadError?
    }

    private let shared = Mutex(Shared())
    private let stopping = Atomic(false)

    /// Whether workers should end as soon as they can.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func stop() {
        stopping.store(true, ordering: .relaxed)
    }

    /// Ends the run for a reason; the first one is told.
    func fail(_ error: LoadError) {
        shared.withLock { $0.failure = $0.failure ?? error }
        stop()
    }

    var failure: LoadError? { shared.withLock { $0.failure } }

    /// Gives an interval away for another, which may hold anything.
    func exchange(_ interval: consuming Interval) -> Interval {
        let ended = interval
        return shared.withLock { shared in
            shared.ended.append(ended)
            return shared.spare.popLast() ?? Interval()
        }
    }

    /// The intervals that have ended since the last call; MUST be given back.
    func takeEnded() -> [Interval] {
        shared.withLock { shared in
            defer { shared.ended = [] }
            return shared.ended
        }
    }

    func giveBack(_ intervals: [Interval]) {
        shared.withLock { $0.spare += intervals }
    }
}
