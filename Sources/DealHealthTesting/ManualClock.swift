public import DealHealthCore
import Synchronization

/// A wall clock that stands still until a test moves it.
public final class ManualClock: Sendable {
    private let microseconds: Atomic<Int64>

    public init(_ start: Timestamp) {
        microseconds = Atomic(start.microseconds)
    }

    public var now: Timestamp {
        Timestamp(microseconds: microseconds.load(ordering: .relaxed))
    }

    public func advance(by duration: Duration) {
        microseconds.wrappingAdd(duration.wholeMicroseconds, ordering: .relaxed)
    }
}
