// One deal in a checkpoint (and, later, in a snapshot or feed), little-endian, version 2:
//
//   0  u32  checksum      CRC-32C of bytes [4, size)
//   4  u8   version       2
//   5  u8   flags         1 merchant present, 2 prior present, 4 alarm armed
//   6  u8   d, bytes of the deal id
//   7  u8   status        0 unknown, 1 healthy, 2 uncertain, 3 failing, 4 dead
//   8  u64  last LSN
//  16  i64  reference time, microseconds since 1970
//  24  i64  merchant id
//  32  u64  events counted
//  40  9 × f64  P, N, Q of tests, verifications, tips
// 112  u64  forecast      q (u32), a (u16), b (u16)
// 120  u32  status since  minutes since 1970
// 124  u16  prior         hundredths of a point
// 126  u16  0
// 128       deal id, then what later versions add
//
// Valid if and only if size >= 128 + d, the version is known and the checksum matches.

/// The checkpoint form of one deal's state.
public enum DealEntry {
    static let headerSize = 128
    static let version: UInt8 = 2

    /// Appends the entry to `buffer`; returns its size in bytes.
    @discardableResult
    public static func encode(
        _ state: DealState, dealID: UnsafeRawBufferPointer, into buffer: inout [UInt8]
    ) -> Int {
        let size = headerSize + dealID.count
        buffer.appendBytes(size) { bytes in
            bytes[4] = version
            bytes[5] =
                (state.merchantID != nil ? 1 : 0) | (state.prior != nil ? 2 : 0) | (state.isAlarmArmed ? 4 : 0)
            bytes[6] = UInt8(dealID.count)
            bytes[7] = state.status.code
            bytes.store(state.lastLSN.value, at: 8)
            bytes.store(state.referenceTime.microseconds, at: 16)
            bytes.store(state.merchantID ?? 0, at: 24)
            bytes.store(state.eventCount, at: 32)
            for source in EvidenceSource.allCases {
                let evidence = state[source]
                let offset = 40 + 24 * Int(source.rawValue)
                bytes.store(evidence.positive, at: offset)
                bytes.store(evidence.negative, at: offset + 8)
                bytes.store(evidence.squares, at: offset + 16)
            }
            bytes.store(state.forecast.word, at: 112)
            bytes.store(state.statusMinute, at: 120)
            bytes.store(state.prior ?? 0, at: 124)
            bytes.copy(dealID, at: headerSize)
            bytes.store(CRC32C.checksum(UnsafeRawBufferPointer(bytes).slice(4, size - 4)), at: 0)
        }
        return size
    }

    /// Reads and verifies one entry; the deal id is a part of `bytes`.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer
    ) throws(CodecError) -> (state: DealState, dealID: UnsafeRawBufferPointer) {
        guard bytes.count >= headerSize, bytes.count >= headerSize + Int(bytes[6]) else {
            throw CodecError("checkpoint entry of \(bytes.count) bytes is shorter than its header says")
        }
        guard CRC32C.checksum(bytes.slice(4, bytes.count - 4)) == bytes.littleEndian(0) else {
            throw CodecError("checkpoint entry checksum does not match its bytes")
        }
        guard bytes[4] == version else {
            throw CodecError("checkpoint entry version \(bytes[4]) is unknown to this program")
        }
        guard let status = DealStatus(code: bytes[7]) else {
            throw CodecError("checkpoint entry names status \(bytes[7]), which is unknown to this program")
        }
        var state = DealState()
        state.status = status
        state.lastLSN = LSN(bytes.littleEndian(8))
        state.referenceTime = Timestamp(microseconds: bytes.littleEndian(16))
        state.merchantID = bytes[5] & 1 != 0 ? bytes.littleEndian(24) : nil
        state.prior = bytes[5] & 2 != 0 ? bytes.littleEndian(124) : nil
        state.isAlarmArmed = bytes[5] & 4 != 0
        state.eventCount = bytes.littleEndian(32)
        state.forecast = ForecastState(word: bytes.littleEndian(112))
        state.statusMinute = bytes.littleEndian(120)
        for source in EvidenceSource.allCases {
            let offset = 40 + 24 * Int(source.rawValue)
            state[source] = Evidence(
                positive: bytes.double(offset), negative: bytes.double(offset + 8), squares: bytes.double(offset + 16))
        }
        return (state, bytes.slice(headerSize, Int(bytes[6])))
    }

    /// The checksum of an encoded entry, as stored in it.
    public static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.count >= 4 ? bytes.littleEndian(0) : 0
    }
}
