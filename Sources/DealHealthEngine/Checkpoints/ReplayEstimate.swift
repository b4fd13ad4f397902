import DealHealthCore
import Synchronization

/// What replaying a record costs, learnt from the recoveries of this machine.
final class ReplayEstimate: Sendable {
    /// Nanoseconds a record: a careful guess until a replay long enough to judge by.
    private let nanosecondsPerRecord = Atomic<UInt64>(2_000)
    /// Replays shorter than this say more about start-up than about records.
    private static let recordsMin: UInt64 = 10_000

    /// Learns from a replay.
    func learn(records: UInt64, duration: Duration) {
        guard records >= Self.recordsMin else { return }
        nanosecondsPerRecord.store(
            max(1, UInt64(duration.seconds * 1e9) / records), ordering: .relaxed)
    }

    /// Estimated seconds to replay `(checkpointed, durable]`.
    func seconds(checkpointed: LSN, durable: LSN) -> Double {
        Double(durable.distance(from: checkpointed)) * Double(nanosecondsPerRecord.load(ordering: .relaxed)) * 1e-9
    }
}
