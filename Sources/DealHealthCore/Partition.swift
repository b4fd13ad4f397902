/// One of the 64 fixed parts that the deals are divided into, by Redis Cluster's own hash slot.
///
/// `slot = CRC16(deal id) mod 16384`, `partition = slot · 64 / 16384` (Redis Cluster specification, "Key
/// distribution model"): a partition is a contiguous range of 256 slots. The log format carries it, so the number
/// never changes. The whole id is hashed: a `{…}` inside it is no hash tag here.
public struct Partition: Sendable, Hashable, Comparable {
    /// How many there are.
    public static let count = 64
    static let slotCount = 16384

    /// [0, 64).
    public var index: Int

    @inlinable
    public init(index: Int) {
        precondition(index >= 0 && index < Partition.count, "partition out of range")
        self.index = index
    }

    /// The partition that owns the deal of this id (its UTF-8 bytes); O(bytes.count).
    public init(dealID bytes: UnsafeRawBufferPointer) {
        self.index = Int(CRC16.checksum(bytes)) % Self.slotCount * Self.count / Self.slotCount
    }

    @inlinable
    public static func < (lhs: Partition, rhs: Partition) -> Bool {
        lhs.index < rhs.index
    }
}

/// CRC-16/XMODEM (polynomial 0x1021, initial 0): the one Redis Cluster uses for its hash slots.
enum CRC16 {
    /// Without a table: for this polynomial, x^16 + x^12 + x^5 + 1, a byte's effect is a few shifts (the "fast" form of the CCITT
    /// CRC, as in AVR libc's `_crc_xmodem_update` for whole bytes).
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            var mixed = UInt16(byte) ^ crc >> 8
            mixed ^= mixed >> 4
            crc = crc << 8 ^ mixed << 12 ^ mixed << 5 ^ mixed
        }
        return crc
    }
}
