import DealHealthCore
import DealHealthEngine

// A cursor, before base64url; integers little-endian:
//
//   0  u8   version    1
//   1  u8   order      0 best, 1 worst, 2 recent
//   2  i64  as of      microseconds since 1970: the instant that the whole list is of
//  10  u64  rank       bits of the last entry's rank, a finite double
//  18       deal id    of the last entry, UTF-8, [1, 255] bytes
//
// Valid if and only if version and order are known, the instant is not before 1970 nor in the future, the rank is finite, and
// the deal id is possible. It carries nothing secret: a forged one is another place in the same list.

/// Where the next page of a ranked list goes on.
struct ListCursor: Equatable {
    private static let version: UInt8 = 1
    private static let headerSize = 18
    private static let orders = DealListQuery.Order.allCases

    var order: DealListQuery.Order
    var asOf: Timestamp
    var after: DealListPosition

    init(order: DealListQuery.Order, asOf: Timestamp, after: DealListPosition) {
        self.order = order
        self.asOf = asOf
        self.after = after
    }

    /// Reads a cursor that was handed out before `now`; nil when it is none.
    init?(_ text: String, now: Timestamp) {
        guard let bytes = Base64URL.decode(text), bytes.count > Self.headerSize, bytes[0] == Self.version,
            Int(bytes[1]) < Self.orders.count
        else { return nil }
        order = Self.orders[Int(bytes[1])]
        asOf = Timestamp(microseconds: Int64(bitPattern: Self.word(bytes, at: 2)))
        let rank = Double(bitPattern: Self.word(bytes, at: 10))
        let dealID = bytes[Self.headerSize...]
        // A clock that was set back a little must not end a list.
        guard asOf.microseconds >= 0, asOf <= now + Limits.futureTolerance, rank.isFinite,
            DealIDForm.isPossible(dealID), let dealID = String(validating: dealID, as: UTF8.self)
        else { return nil }
        after = DealListPosition(rank: rank, dealID: dealID)
    }

    /// The cursor as it goes out.
    var text: String {
        var bytes = [Self.version, UInt8(Self.orders.firstIndex(of: order) ?? 0)]
        Self.append(UInt64(bitPattern: asOf.microseconds), to: &bytes)
        Self.append(after.rank.bitPattern, to: &bytes)
        bytes.append(contentsOf: after.dealID.utf8)
        return Base64URL.encode(bytes)
    }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * index))) }
    }
}
