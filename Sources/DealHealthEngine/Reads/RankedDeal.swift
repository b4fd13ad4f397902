import DealHealthCore

/// A deal and the rank it had when it was scored; 24 bytes. Valid as long as its table lives.
struct RankedDeal: Sendable, Comparable {
    /// Smaller comes first.
    let rank: Double
    let deal: DealReference
    private let idAddress: UInt

    init(rank: Double, deal: DealReference, idAddress: UInt) {
        self.rank = rank
        self.deal = deal
        self.idAddress = idAddress
    }

    private var id: UnsafeRawBufferPointer {
        DealTable.id(atAddress: idAddress)
    }

    var dealID: String {
        String(decoding: id, as: UTF8.self)
    }

    var position: DealListPosition {
        DealListPosition(rank: rank, dealID: dealID)
    }

    func isAfter(_ position: DealListPosition) -> Bool {
        rank == position.rank ? position.dealID.utf8.lexicographicallyPrecedes(id) : rank > position.rank
    }

    static func < (lhs: RankedDeal, rhs: RankedDeal) -> Bool {
        lhs.rank == rhs.rank ? lhs.id.lexicographicallyPrecedes(rhs.id) : lhs.rank < rhs.rank
    }

    static func == (lhs: RankedDeal, rhs: RankedDeal) -> Bool {
        lhs.rank == rhs.rank && lhs.deal == rhs.deal
    }
}
