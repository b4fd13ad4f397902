public import DealHealthCore

/// A deal's state and its score at one instant.
public struct DealHealth: Sendable {
    public var dealID: String
    public var state: DealState
    public var score: Score

    public init(dealID: String, state: DealState, score: Score) {
        self.dealID = dealID
        self.state = state
        self.score = score
    }
}

extension Engine {
    /// The published state of the deal with this id (UTF-8 bytes); nil when unknown. Never waits, on any thread.
    public func state(of dealID: UnsafeRawBufferPointer) -> DealState? {
        tables[Partition(dealID: dealID).index].state(of: dealID)
    }
}
