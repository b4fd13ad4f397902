public import DealHealthCore

extension Engine {
    /// Calls `body` for each id in `ids`, in order, with its index, its bytes, which stand in `bytes` there, and the deal's published
    /// state, nil when unknown. Never waits, on any thread.
    ///
    /// With a million deals most of the time of a lookup is waiting for memory: the index, the slot and the id, one after another.
    /// So these steps are taken for a group of deals at a time, in loops so short that a processor has many of their loads under way at
    /// once.
    public func forEachState(
        of ids: [Range<Int>], in bytes: UnsafeRawBufferPointer,
        _ body: (_ index: Int, _ dealID: UnsafeRawBufferPointer, _ state: DealState?) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: DealLookup.self, capacity: DealLookup.groupSize) { memory in
            var first = 0
            while first < ids.count {
                let count = min(DealLookup.groupSize, ids.count - first)
                for offset in 0..<count {
                    let dealID = UnsafeRawBufferPointer(rebasing: bytes[ids[first + offset]])
                    let table = tables[Partition(dealID: dealID).index]
                    memory.initializeElement(at: offset, to: DealLookup(dealID, in: table))
                }
                let group = UnsafeMutableBufferPointer(rebasing: memory[..<count])
                for offset in 0..<count { group[offset].readIndex() }
                for offset in 0..<count { group[offset].readSlot() }
                for offset in 0..<count { group[offset].readID() }
                for offset in 0..<count { body(first + offset, group[offset].dealID, group[offset].state()) }
                first += count
            }
        }
    }
}

/// The lookup of one deal in the steps of `Engine.forEachState`, to be taken in order.
private struct DealLookup {
    /// Deals looked up together: more loads than a processor has under way at once, and little memory.
    static let groupSize = 32

    let dealID: UnsafeRawBufferPointer
    /// Unmanaged, since counting references would cost more than the steps do; the engine keeps its tables as long as it lives.
    private let table: Unmanaged<DealTable>
    private let hash: UInt64
    private var firstEntry: UInt32 = 0
    private var firstByte: UInt8 = 0
    private var slot = 0
    /// The id in `slot`; nil when there is no slot.
    private var id: UnsafeRawBufferPointer?

    init(_ dealID: UnsafeRawBufferPointer, in table: DealTable) {
        self.dealID = dealID
        self.table = .passUnretained(table)
        hash = table.hash(dealID)
    }

    @inline(__always)
    mutating func readIndex() {
        firstEntry = table._withUnsafeGuaranteedRef { $0.firstEntry(hash) }
    }

    @inline(__always)
    mutating func readSlot() {
        guard let likely = table._withUnsafeGuaranteedRef({ $0.likelySlot(hash, first: firstEntry) }) else { return }
        slot = likely.slot
        id = likely.id
    }

    @inline(__always)
    mutating func readID() {
        firstByte = id?.first ?? 0
    }

    /// The published state; nil when the deal is unknown.
    @inline(__always)
    func state() -> DealState? {
        table._withUnsafeGuaranteedRef { table in
            if let id, firstByte == dealID.first, id.count == dealID.count, id.elementsEqual(dealID) {
                return table.state(at: slot)
            }
            return table.state(of: dealID, hash: hash)
        }
    }
}
