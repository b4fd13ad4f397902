public import DealHealthCore

/// A deal's state and its score at one instant.
public struct DealHealth: Sendable {
    public var dealID: String
    public var state: DealState
    public var score: Score
}

extension Engine {
    /// The published state of the deal with this id (UTF-8 bytes); nil when unknown. Never waits, on any thread.
    public func state(of dealID: UnsafeRawBufferPointer) -> DealState? {
        tables[Partition(dealID: dealID).index].state(of: dealID)
    }

    /// Calls `body` for each id in `ids`, in order, with its index, its bytes, which stand in `bytes` there, and the deal's published
    /// state, nil when unknown. Never waits, on any thread.
    public func forEachState(
        of ids: [Range<Int>], in bytes: UnsafeRawBufferPointer,
        _ body: (_ index: Int, _ dealID: UnsafeRawBufferPointer, _ state: DealState?) -> Void
    ) {
        for (index, range) in ids.enumerated() {
            let dealID = UnsafeRawBufferPointer(rebasing: bytes[range])
            body(index, dealID, state(of: dealID))
        }
    }
}
