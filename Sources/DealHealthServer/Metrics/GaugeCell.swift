import CoreMetrics
import Synchronization

/// A gauge's value: the last one set, for meters and for recorders that do not aggregate.
///
/// Any thread may call it; no call takes a lock. Integers beyond 2^53 are rounded, as Prometheus itself does.
final class GaugeCell: MeterHandler, RecorderHandler {
    /// The series that this gauge feeds.
    let id: SeriesID

    /// The value. *Invariant:* never NaN; it may be infinite.
    private let value = Atomic<Double>(0)

    /// A gauge at zero.
    init(id: SeriesID) {
        self.id = id
    }

    /// The value as a sample's text.
    var text: String {
        FloatText.sample(value.load(ordering: .relaxed))
    }

    /// Replaces the value.
    func set(_ value: Int64) {
        set(Double(value))
    }

    /// Replaces the value; NaN is ignored.
    func set(_ value: Double) {
        guard !value.isNaN else { return }
        self.value.store(value, ordering: .relaxed)
    }

    /// Moves the value up; a sum that is not a number is ignored.
    func increment(by amount: Double) {
        value.update { current in
            let sum = current + amount
            return sum.isNaN ? nil : sum
        }
    }

    /// Moves the value down; a difference that is not a number is ignored.
    func decrement(by amount: Double) {
        increment(by: -amount)
    }

    /// Replaces the value.
    func record(_ value: Int64) {
        set(Double(value))
    }

    /// Replaces the value; NaN is ignored.
    func record(_ value: Double) {
        set(value)
    }
}
