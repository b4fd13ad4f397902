import DealHealthCore

/// A deal by where its state lies; 8 bytes.
struct DealReference: Sendable, Hashable {
    private let partitionIndex: UInt32
    private let slotIndex: UInt32

    init(partition: Partition, slot: Int) {
        partitionIndex = UInt32(partition.index)
        slotIndex = UInt32(slot)
    }

    var partition: Partition {
        Partition(index: Int(partitionIndex))
    }

    var slot: Int {
        Int(slotIndex)
    }
}

/// Which deals each merchant has. The lock is held for one lookup or insertion; readers copy a reference.
///
/// A deal whose events name another merchant later stays listed under both: the reader keeps those whose state names
/// the merchant now.
final class MerchantIndex: Sendable {
    private let deals = Locked<[Int64: [DealReference]]>([:])

    func insert(_ deal: DealReference, merchantID: Int64) {
        deals.withLock { $0[merchantID, default: []].append(deal) }
    }

    func deals(of merchantID: Int64) -> [DealReference] {
        deals.withLock { $0[merchantID] ?? [] }
    }
}
