public import DealHealthCore

/// A deal's state, and what is told of it at one instant.
public struct DealHealth: Sendable {
    public var dealID: String
    public var state: DealState
    public var assessment: Assessment

    public init(dealID: String, state: DealState, assessment: Assessment) {
        self.dealID = dealID
        self.state = state
        self.assessment = assessment
    }
}

extension Engine {
    /// The published state of the deal with this id (UTF-8 bytes); nil when unknown. Never waits, on any thread.
    public func state(of dealID: UnsafeRawBufferPointer) -> DealState? {
        tables[Partition(dealID: dealID).index].state(of: dealID)
    }
}
