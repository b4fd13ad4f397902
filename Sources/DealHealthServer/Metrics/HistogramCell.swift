import CoreMetrics
import Synchronization

/// Observations counted by upper bound, for timers (in seconds) and recorders that aggregate.
///
/// Any thread may call it; no call takes a lock. A scrape reads the buckets one after another while others
/// record: the count is the sum of the buckets read, so that it always equals the `+Inf` bucket; the sum may be
/// off by the few observations in flight.
final class HistogramCell: RecorderHandler, TimerHandler {
    /// The series that this histogram feeds.
    let id: SeriesID
    /// The bounds, shared by the family.
    let buckets: HistogramBuckets

    /// Observations per bucket, not cumulative; the last is `+Inf`. `buckets.bounds.count + 1` elements.
    ///
    /// Safe although a pointer is not `Sendable`: this object alone owns the memory, allocates and initialises it
    /// in `init` before anyone else can see it, never changes the pointer, and frees it in `deinit`, when no
    /// reference is left. In between each element is touched only through `Atomic`.
    private nonisolated(unsafe) let observations: UnsafeMutablePointer<Atomic<UInt64>>
    /// Sum of all observations. *Invariant:* finite.
    private let sum = Atomic<Double>(0)

    /// A histogram without observations.
    init(id: SeriesID, buckets: HistogramBuckets) {
        self.id = id
        self.buckets = buckets
        let count = buckets.bounds.count + 1
        observations = .allocate(capacity: count)
        for index in 0..<count { (observations + index).initialize(to: Atomic(0)) }
    }

    deinit {
        observations.deinitialize(count: buckets.bounds.count + 1)
        observations.deallocate()
    }

    /// The sum of all observations, as a sample's text.
    var sumText: String {
        FloatText.sample(sum.load(ordering: .relaxed))
    }

    /// For each bound and `+Inf`, how many observations were not above it. Never falls along the array.
    func cumulativeCounts() -> [UInt64] {
        var total: UInt64 = 0
        return (0...buckets.bounds.count).map { index in
            total &+= observations[index].load(ordering: .relaxed)
            return total
        }
    }

    /// Raises each bucket, and the sum, to what `cells` hold together: a view of others, refreshed by collectors, which may race. The
    /// cells MUST have the same bounds. A histogram MUST be either raised or recorded into, never both.
    func raise(toSumOf cells: [HistogramCell]) {
        for index in 0...buckets.bounds.count {
            let total = cells.reduce(0) { $0 &+ $1.observations[index].load(ordering: .relaxed) }
            observations[index].max(total, ordering: .relaxed)
        }
        let total = cells.reduce(0) { $0 + $1.sum.load(ordering: .relaxed) }
        sum.update { current in total > current ? total : nil }
    }

    /// Counts one observation.
    func record(_ value: Int64) {
        record(Double(value))
    }

    /// Counts one observation in the unit of the metric's name. One that is infinite or not a number is ignored:
    /// it would leave the sum useless for ever.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        var index = 0
        let bounds = buckets.bounds
        while index < bounds.count, bounds[index] < value { index += 1 }
        observations[index].wrappingAdd(1, ordering: .relaxed)
        sum.update { current in
            let next = current + value
            return next.isFinite ? next : nil
        }
    }

    /// Counts one duration, in seconds. A negative one (a clock set back) counts as zero.
    func recordNanoseconds(_ duration: Int64) {
        record(Double(max(0, duration)) / 1_000_000_000)
    }
}
