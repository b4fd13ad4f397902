import DealHealthCore
import Synchronization

/// What a recovery costs on this machine, learnt from the one that this process began with.
final class RecoveryEstimate: Sendable {
    /// Nanoseconds to replay a record, and to verify and load a deal: careful guesses until there is something to learn from.
    private let nanosecondsPerRecord = Atomic<UInt64>(1_500)
    private let nanosecondsPerDeal = Atomic<UInt64>(1_000)
    /// Fewer say more about start-up than about themselves.
    private static let countMin = 10_000

    /// Learns from a recovery: `loading` is all of it but the replay.
    func learn(records: UInt64, replaying: Duration, deals: Int, loading: Duration) {
        func learn(_ cost: borrowing Atomic<UInt64>, _ count: Int, _ duration: Duration) {
            guard count >= Self.countMin else { return }
            cost.store(max(1, UInt64(duration.seconds * 1e9) / UInt64(count)), ordering: .relaxed)
        }
        learn(nanosecondsPerRecord, Int(records), replaying)
        learn(nanosecondsPerDeal, deals, loading)
    }

    /// Estimated seconds to replay `(checkpointed, durable]`.
    func replaySeconds(checkpointed: LSN, durable: LSN) -> Double {
        Double(durable.distance(from: checkpointed)) * Double(nanosecondsPerRecord.load(ordering: .relaxed)) * 1e-9
    }

    /// Estimated seconds from the start of a process until it is ready.
    func recoverySeconds(checkpointed: LSN, durable: LSN, deals: Int) -> Double {
        Double(deals) * Double(nanosecondsPerDeal.load(ordering: .relaxed)) * 1e-9
            + replaySeconds(checkpointed: checkpointed, durable: durable)
    }
}
