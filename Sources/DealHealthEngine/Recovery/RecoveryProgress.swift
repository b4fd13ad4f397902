import Synchronization

/// How far a recovery has come; read by probes and the console on any thread.
public final class RecoveryProgress: Sendable {
    private let deals = Atomic<Int>(0)
    private let total = Atomic<UInt64>(0)
    private let done = Atomic<UInt64>(0)

    public init() {}

    /// Deals loaded from the checkpoint so far.
    public var loadedDeals: Int {
        deals.load(ordering: .relaxed)
    }

    /// Records to replay, and those replayed so far; both 0 until the checkpoint is loaded.
    public var records: (done: UInt64, total: UInt64) {
        (done.load(ordering: .relaxed), total.load(ordering: .relaxed))
    }

    func loadedPartition(deals count: Int) {
        deals.wrappingAdd(count, ordering: .relaxed)
    }

    func beginReplay(of records: UInt64) {
        total.store(records, ordering: .relaxed)
    }

    func replayed(_ records: UInt64) {
        done.store(records, ordering: .relaxed)
    }
}
