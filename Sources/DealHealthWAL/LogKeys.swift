import DealHealthCore
import DealHealthEngine

// Keys of the databases (values: see the codecs of DealHealthCore):
//
//   log         u64 native          LSN                                 LogRecord
//   state       u64 native          partition << 32 | slot              DealEntry
//   remembered  13 bytes            minute (u32 BE), partition (u8), position (u64 BE)   RememberedEventChunk
//   meta        "identity"                                              CRC-32C (u32), version (u32), 4 × u64
//               "partition" + u8    partition index                     PartitionCheckpoint
//               "settings" + u64 BE LSN                                 CRC-32C (u32), ScoringSettings

/// The keys of the databases, and the two values that only the log knows.
enum LogKeys {
    static let identity = Array("identity".utf8)
    static let settingsPrefix = Array("settings".utf8)

    static func state(_ partition: Partition, slot: UInt32) -> UInt64 {
        UInt64(partition.index) << 32 | UInt64(slot)
    }

    static func partition(_ partition: Partition) -> [UInt8] {
        Array("partition".utf8) + [UInt8(partition.index)]
    }

    static func settings(_ lsn: LSN) -> [UInt8] {
        settingsPrefix + bigEndian(lsn.value)
    }

    static func settingsLSN(_ key: UnsafeRawBufferPointer) -> LSN? {
        guard key.count == settingsPrefix.count + 8, key.prefix(settingsPrefix.count).elementsEqual(settingsPrefix)
        else { return nil }
        return LSN(UInt64(bigEndian: key.loadUnaligned(fromByteOffset: settingsPrefix.count, as: UInt64.self)))
    }

    static func remembered(minute: UInt32, _ partition: Partition, position: LSN) -> [UInt8] {
        bigEndian(minute) + [UInt8(partition.index)] + bigEndian(position.value)
    }

    static func rememberedMinute(_ key: UnsafeRawBufferPointer) -> UInt32 {
        key.count >= 4 ? UInt32(bigEndian: key.loadUnaligned(as: UInt32.self)) : 0
    }

    private static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    // MARK: values with a checksum before them

    /// `payload` behind its CRC-32C.
    static func sealed(_ payload: [UInt8]) -> [UInt8] {
        let checksum = payload.withUnsafeBytes { CRC32C.checksum($0) }
        return withUnsafeBytes(of: checksum.littleEndian) { Array($0) } + payload
    }

    /// The payload of a sealed value; throws `damaged` when the checksum does not match.
    static func opened(_ value: UnsafeRawBufferPointer, _ what: String) throws(LogError) -> UnsafeRawBufferPointer {
        guard value.count >= 4 else { throw LogError(.damaged, "\(what) is too short") }
        let payload = value.slice(4, value.count - 4)
        guard UInt32(littleEndian: value.loadUnaligned(as: UInt32.self)) == CRC32C.checksum(payload) else {
            throw LogError(.damaged, "\(what) does not match its checksum")
        }
        return payload
    }
}

extension LogIdentity {
    private static let version: UInt64 = 1

    func encoded() -> [UInt8] {
        let words = [Self.version, lineage.low, lineage.high, hashKey.k0, hashKey.k1]
        return LogKeys.sealed(words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } })
    }

    init(sealed value: UnsafeRawBufferPointer) throws(LogError) {
        let payload = try LogKeys.opened(value, "the log's identity")
        guard payload.count == 40 else { throw LogError(.damaged, "the log's identity has the wrong size") }
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        guard word(0) == Self.version else {
            throw LogError(
                .damaged, "the log has format version \(word(0)), this program writes version \(Self.version)")
        }
        self.init(
            lineage: Hash128(low: word(1), high: word(2)), hashKey: HashKey(k0: word(3), k1: word(4)))
    }
}
