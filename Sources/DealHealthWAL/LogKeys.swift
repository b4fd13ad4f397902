import DealHealthCore
import DealHealthEngine

// Keys of the databases (values: see the codecs of DealHealthCore):
//
//   log         u64 native          LSN                                 LogRecord
//   state       u64 native          partition << 32 | slot              DealEntry
//   remembered  13 bytes            minute (u32 BE), partition (u8), position (u64 BE)   RememberedEventChunk
//                                   (that of the slice, less the chunks of it that follow)
//   meta        "identity"                                              CRC-32C, version and 4 words (u64)
//               "partition" + u8    partition index                     CRC-32C, PartitionCheckpoint
//               "settings" + u64 BE LSN                                 CRC-32C, ScoringChange
//
// The CRC-32C (u32) before a value of `meta` is of its key and of it: a flipped key is noticed like a flipped value.

/// The keys of the databases, and the two values that only the log knows.
enum LogKeys {
    static let identity = Array("identity".utf8)
    static let settingsPrefix = Array("settings".utf8)
    static let partitionPrefix = Array("partition".utf8)

    static func state(_ partition: Partition, slot: UInt32) -> UInt64 {
        UInt64(partition.index) << 32 | UInt64(slot)
    }

    static func partition(_ partition: Partition) -> [UInt8] {
        partitionPrefix + [UInt8(partition.index)]
    }

    /// Whether a key of `meta` is one that this program writes.
    static func isKnown(_ key: UnsafeRawBufferPointer) -> Bool {
        if key.elementsEqual(identity) || settingsLSN(key) != nil { return true }
        return key.count == partitionPrefix.count + 1
            && key.prefix(partitionPrefix.count).elementsEqual(partitionPrefix)
            && key[partitionPrefix.count] < Partition.count
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

    /// `payload` behind the CRC-32C of `key` and itself.
    static func sealed(_ payload: [UInt8], under key: [UInt8]) -> [UInt8] {
        let checksum = (key + payload).withUnsafeBytes { CRC32C.checksum($0) }
        return withUnsafeBytes(of: checksum.littleEndian) { Array($0) } + payload
    }

    /// The payload of a sealed value; throws `damaged` when the checksum does not match.
    static func opened(
        _ value: UnsafeRawBufferPointer, under key: UnsafeRawBufferPointer, _ what: String
    ) throws(LogError) -> UnsafeRawBufferPointer {
        guard value.count >= 4 else { throw .damaged("\(what) is too short") }
        let payload = value.slice(4, value.count - 4)
        let checksum = CRC32C.checksum(payload, continuing: CRC32C.checksum(key))
        guard UInt32(littleEndian: value.loadUnaligned(as: UInt32.self)) == checksum else {
            throw .damaged("\(what) does not match its checksum")
        }
        return payload
    }
}

extension LogIdentity {
    private static let version: UInt64 = 1

    func encoded() -> [UInt8] {
        let words = [Self.version, lineage.low, lineage.high, hashKey.k0, hashKey.k1]
        return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    init(_ payload: UnsafeRawBufferPointer) throws(LogError) {
        guard payload.count == 40 else { throw .damaged("the log's identity has the wrong size") }
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        guard word(0) == Self.version else {
            throw .damaged("the log has format version \(word(0)), this program writes version \(Self.version)")
        }
        self.init(
            lineage: Hash128(low: word(1), high: word(2)), hashKey: HashKey(k0: word(3), k1: word(4)))
    }
}
