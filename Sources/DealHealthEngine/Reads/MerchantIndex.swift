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

/// Which deals each merchant has: each deal under the merchant that its state names. The lock is held for one lookup or
/// change; readers copy a reference.
final class MerchantIndex: Sendable {
    private let deals = Locked<[Int64: Set<DealReference>]>([:])

    /// The deal belongs to `new` from now on, and no longer to `old`.
    func move(_ deal: DealReference, from old: Int64?, to new: Int64) {
        deals.withLock { deals in
            if let old {
                deals[old]?.remove(deal)
                if deals[old]?.isEmpty ?? false { deals[old] = nil }
            }
            deals[new, default: []].insert(deal)
        }
    }

    func deals(of merchantID: Int64) -> Set<DealReference> {
        deals.withLock { $0[merchantID] ?? [] }
    }
}
