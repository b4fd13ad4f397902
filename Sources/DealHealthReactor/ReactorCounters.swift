import Synchronization

/// What the reactors of a group have done. Any thread may read it.
public final class ReactorCounters: Sendable {
    public init() {}

    let open = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let handedOver = Atomic<Int>(0)
    let requestTimeouts = Atomic<Int>(0)
    let outputTimeouts = Atomic<Int>(0)

    /// Connections that are open, those handed over included.
    public var connectionsOpen: Int { open.load(ordering: .relaxed) }
    /// Connections taken in since the start.
    public var connectionsAccepted: Int { accepted.load(ordering: .relaxed) }
    /// Connections closed at once because there were too many.
    public var connectionsRefused: Int { refused.load(ordering: .relaxed) }
    /// Connections handed over.
    public var connectionsHandedOver: Int { handedOver.load(ordering: .relaxed) }
    /// Connections ended because a request did not arrive in time.
    public var connectionsEndedByRequestTimeout: Int { requestTimeouts.load(ordering: .relaxed) }
    /// Connections ended because the peer did not read in time.
    public var connectionsEndedByOutputTimeout: Int { outputTimeouts.load(ordering: .relaxed) }

    /// Counts a connection in; false, and it does not count, when there are `limit` already.
    public func enter(limit: Int) -> Bool {
        if open.wrappingAdd(1, ordering: .relaxed).newValue <= limit {
            accepted.wrappingAdd(1, ordering: .relaxed)
            return true
        }
        open.wrappingSubtract(1, ordering: .relaxed)
        refused.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// A connection that was handed over, or counted in by another than the reactors, has ended.
    public func handedOverConnectionEnded() {
        leave()
    }

    func leave() {
        let left = open.wrappingSubtract(1, ordering: .relaxed).newValue
        precondition(left >= 0, "a connection ends once")
    }
}
