import CoreMetrics
import Synchronization

/// A counter's value. Integers and fractions are kept apart, so that the common path is one atomic addition.
///
/// Any thread may call it; no call takes a lock. The orderings are relaxed: a sample promises no more than that
/// every increment is seen once, by some later scrape.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    /// The series that this counter feeds.
    let id: SeriesID

    /// Whole increments. *Invariant:* moves up only, except by `reset`; wraps at 2^64, which reads as a reset.
    private let whole = Atomic<UInt64>(0)
    /// Fractional increments and absolute totals. *Invariant:* finite, and moves up only, except by `reset`.
    private let fraction = Atomic<Double>(0)

    /// A counter at zero.
    init(id: SeriesID) {
        self.id = id
    }

    /// The sum so far, as a sample's text. Exact while only whole numbers were added.
    var text: String {
        let whole = whole.load(ordering: .relaxed)
        let fraction = fraction.load(ordering: .relaxed)
        return fraction == 0 ? String(whole) : FloatText.sample(Double(whole) + fraction)
    }

    /// The sum so far.
    var value: Double {
        Double(whole.load(ordering: .relaxed)) + fraction.load(ordering: .relaxed)
    }

    /// Adds `amount`; one that is negative is ignored, because a counter never falls.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Adds `amount`; one that is negative, infinite or not a number is ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.update { current in
            let sum = current + amount
            return sum.isFinite ? sum : nil
        }
    }

    /// Raises the value to `total`, for sums that something else keeps (the kernel, LMDB). A lower one is ignored,
    /// so that collectors may race. A counter MUST be either incremented or advanced, never both.
    func advance(to total: Double) {
        guard total.isFinite else { return }
        fraction.update { current in total > current ? total : nil }
    }

    /// Back to zero, which Prometheus takes for a restart.
    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.store(0, ordering: .relaxed)
    }
}
