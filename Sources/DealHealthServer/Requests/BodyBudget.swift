import HTTPTypes
import Synchronization

/// Bounds the bytes of request bodies held at once, over all connections.
final class BodyBudget: Sendable {
    private let limit: Int
    /// *Invariant:* the sum of all reservations, in [0, limit].
    private let held = Atomic<Int>(0)

    init(limit: Int = ServerLimits.bodyBytesHeldMax) {
        self.limit = limit
    }

    /// Takes `count` bytes more; false when there is no room.
    fileprivate func take(_ count: Int) -> Bool {
        var current = held.load(ordering: .relaxed)
        while current + count <= limit {
            let (exchanged, original) = held.weakCompareExchange(
                expected: current, desired: current + count, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    fileprivate func giveBack(_ count: Int) {
        let left = held.wrappingSubtract(count, ordering: .relaxed).newValue
        precondition(left >= 0, "bytes are given back once")
    }

    /// Bytes held now.
    var heldBytes: Int {
        held.load(ordering: .relaxed)
    }
}

/// One request's part of the budget; given back when it goes out of scope.
struct BodyReservation: ~Copyable {
    private let budget: BodyBudget
    private var count = 0

    init(_ budget: BodyBudget) {
        self.budget = budget
    }

    deinit {
        budget.giveBack(count)
    }

    /// Holds `newCount` bytes from now on; throws 503 when there is no room for them.
    mutating func resize(to newCount: Int) throws(Problem) {
        if newCount > count, !budget.take(newCount - count) {
            throw Problem(.serviceUnavailable, .overloaded, "too many request bodies at once; try again shortly")
                .retry(afterSeconds: ServerLimits.retryAfterSeconds)
        }
        if newCount < count { budget.giveBack(count - newCount) }
        count = newCount
    }
}
