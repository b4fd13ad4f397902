import DealHealthCore

/// A deal by where its state lies; 4 bytes.
struct DealReference: Sendable, Hashable {
    private static let slotBits: UInt32 = 22

    /// The partition's 6 bits above those of the slot.
    private let bits: UInt32

    init(partition: Partition, slot: Int) {
        precondition(slot <= Limits.dealsPerPartitionMax, "a slot fits its bits")
        bits = UInt32(partition.index) << Self.slotBits | UInt32(slot)
    }

    var partition: Partition {
        Partition(index: Int(bits >> Self.slotBits))
    }

    var slot: Int {
        Int(bits & (1 << Self.slotBits - 1))
    }
}

/// Which deals each merchant has: each deal under the merchant that its state names. The lock is held for one lookup or
/// change; readers copy a reference.
final class MerchantIndex: Sendable {
    /// One merchant's deals: a packed list, since few ever leave it, and those that did.
    private struct Deals {
        /// *Invariant:* each deal at most once.
        var listed: [DealReference] = []
        /// *Invariant:* a part of `listed`, at most half of it.
        var left: Set<DealReference> = []

        mutating func insert(_ deal: DealReference) {
            if left.isEmpty || left.remove(deal) == nil { listed.append(deal) }
        }

        /// O(1) over many calls.
        mutating func remove(_ deal: DealReference) {
            left.insert(deal)
            if left.count * 2 <= listed.count { return }
            listed.removeAll { left.contains($0) }
            left = []
        }

        var present: [DealReference] {
            left.isEmpty ? listed : listed.filter { !left.contains($0) }
        }
    }

    private let deals = Locked<[Int64: Deals]>([:])

    /// The deal belongs to `new` from now on, and no longer to `old`, where it was.
    func move(_ deal: DealReference, from old: Int64?, to new: Int64) {
        deals.withLock { deals in
            if let old {
                deals[old]?.remove(deal)
                if deals[old]?.listed.isEmpty ?? false { deals[old] = nil }
            }
            deals[new, default: Deals()].insert(deal)
        }
    }

    /// The number of the merchant's deals, some that left it included.
    func dealCount(of merchantID: Int64) -> Int {
        deals.withLock { $0[merchantID]?.listed.count ?? 0 }
    }

    /// The latest to come of the merchant's deals, at most `countMax`; some that left it included.
    func newestDeals(of merchantID: Int64, countMax: Int) -> [DealReference] {
        deals.withLock { Array($0[merchantID]?.listed.suffix(countMax) ?? []) }
    }

    /// The merchant's deals, each once, in no order.
    func deals(of merchantID: Int64) -> [DealReference] {
        let deals = deals.withLock { $0[merchantID] }
        return deals?.present ?? []
    }
}
