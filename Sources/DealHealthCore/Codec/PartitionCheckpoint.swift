// The checkpoint of one partition, little-endian, version 1:
//
//   0  u32  checksum      CRC-32C of bytes [4, 44)
//   4  u32  version       1
//   8  u64  position      every record of the partition at or before this LSN is in the entries
//  16  u64  last LSN      of the partition's records at or before the position: where its chain goes on
//  24  u64  deals         number of entries
//  32  u64  entry sum     sum of the entries' checksums modulo 2^64: finds one that is missing or of an older time
//  40  u32  0
//
// Valid if and only if size == 44, the version is known, the checksum matches, and the entries' number and sum do.

/// How far the checkpoint of one partition reaches, and what its entries add up to.
public struct PartitionCheckpoint: Sendable, Equatable {
    /// Every record of the partition in `[1, position]` is in the entries.
    public var position: LSN
    /// The partition's latest record in `[1, position]`. *Invariant:* `lastLSN <= position`.
    public var lastLSN: LSN
    /// Number of entries.
    public var dealCount: UInt64
    /// Sum of the entries' checksums modulo 2^64.
    public var entrySum: UInt64

    static let size = 44
    static let version: UInt32 = 1

    /// Before any checkpoint: everything comes from the log.
    public static let empty = PartitionCheckpoint(position: .zero, lastLSN: .zero, dealCount: 0, entrySum: 0)

    public init(position: LSN, lastLSN: LSN, dealCount: UInt64, entrySum: UInt64) {
        precondition(lastLSN <= position, "a checkpoint reaches at least its partition's last record")
        self.position = position
        self.lastLSN = lastLSN
        self.dealCount = dealCount
        self.entrySum = entrySum
    }

    public func encoded() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.appendBytes(Self.size) { bytes in
            bytes.store(Self.version, at: 4)
            bytes.store(position.value, at: 8)
            bytes.store(lastLSN.value, at: 16)
            bytes.store(dealCount, at: 24)
            bytes.store(entrySum, at: 32)
            bytes.store(CRC32C.checksum(UnsafeRawBufferPointer(bytes).slice(4, Self.size - 4)), at: 0)
        }
        return buffer
    }

    public init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        guard bytes.count == Self.size,
            CRC32C.checksum(bytes.slice(4, Self.size - 4)) == bytes.littleEndian(0),
            bytes.littleEndian(4, as: UInt32.self) == Self.version,
            bytes.littleEndian(16, as: UInt64.self) <= bytes.littleEndian(8, as: UInt64.self)
        else { throw CodecError("partition checkpoint does not match its checksum") }
        self.init(
            position: LSN(bytes.littleEndian(8)), lastLSN: LSN(bytes.littleEndian(16)),
            dealCount: bytes.littleEndian(24), entrySum: bytes.littleEndian(32))
    }
}
