import DealHealthCore
import Synchronization

/// How far a recovery has come; read by probes and the console on any thread.
public final class RecoveryProgress: Sendable {
    private let startedAt = ContinuousClock.now
    private let total = Locked(RecoveryWork())
    private let loadedDealsCell = Atomic<Int>(0)
    private let rememberedCell = Atomic<Int>(0)
    private let replayedCell = Atomic<Int>(0)

    /// Made as the process starts: what remains is estimated from the time since.
    public init() {}

    /// Deals to load from the checkpoint, and those loaded so far; both 0 while the pages of the log are verified.
    public var deals: (done: Int, total: Int) {
        (loadedDealsCell.load(ordering: .relaxed), total.withLock { $0.deals })
    }

    /// Records to replay, and those replayed so far; both 0 while the pages of the log are verified.
    public var records: (done: Int, total: Int) {
        (replayedCell.load(ordering: .relaxed), total.withLock { $0.records })
    }

    /// Seconds until the recovery ends, if the rest goes as what is done did; nil while the pages of the log are verified.
    public var remainingSeconds: Double? {
        let total = total.withLock { $0 }
        guard total != RecoveryWork() else { return nil }
        let done = RecoveryWork(
            pageBytes: total.pageBytes, deals: loadedDealsCell.load(ordering: .relaxed),
            rememberedEvents: rememberedCell.load(ordering: .relaxed), records: replayedCell.load(ordering: .relaxed))
        return Self.remainingSeconds(done: done, total: total, elapsed: (.now - startedAt).seconds)
    }

    /// The guesses say how the parts compare, and what is done how fast this machine is.
    static func remainingSeconds(done: RecoveryWork, total: RecoveryWork, elapsed: Double) -> Double {
        let guess = RecoveryEstimate()
        let (all, part) = (guess.seconds(of: total), guess.seconds(of: done))
        return max(0, all - part) * elapsed / part
    }

    /// The pages of the log are verified, and it is known what is to come.
    func begin(_ work: RecoveryWork) {
        total.withLock { $0 = work }
        loadedDealsCell.store(0, ordering: .relaxed)
        rememberedCell.store(0, ordering: .relaxed)
    }

    func loadedPartition(deals count: Int) {
        loadedDealsCell.wrappingAdd(count, ordering: .relaxed)
    }

    func remembered(_ count: Int) {
        rememberedCell.wrappingAdd(count, ordering: .relaxed)
    }

    func replayed(_ records: Int) {
        replayedCell.store(records, ordering: .relaxed)
    }
}
