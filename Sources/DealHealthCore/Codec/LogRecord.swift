// One record of the log, little-endian, version 1:
//
//   0  u32  checksum            CRC-32C of bytes [4, size)
//   4  u32  previous checksum   of the record at LSN - 1; 0 for the first of a log: the chain
//   8  u64  lsn
//  16  u64  previous LSN of the partition    0: the first of its partition
//  24  u64  previous LSN of the deal         0: the deal's first
//  32  i64  received at         microseconds since 1970, never less than the record's before
//  40  i64  time                of the event, likewise
//  48  u64  identity, low       hash of the event id or of the content
//  56  u64  identity, high
//  64  u64  content hash
//  72  f64  mass                of the evidence, [0, 1]; of an alarm the share of older evidence that is left
//  80  i64  merchant id         0 unless the flag says it is there
//  88  u8   version             1
//  89  u8   kind                0 test, 1 verification, 2 tip (EvidenceSource); 16 scoring settings; 17 alarm
//  90  u8   flags               1 works, 2 merchant present, 4 event id given, 8 merchant's prior
//  91  u8   d, bytes of the deal id
//  92  u16  score before        hundredths of a point, at the later of the event's and the deal's latest time; with the flag, of a
//                              deal's first event, what its score begins with
//  94  u16  score after
//  96  u32  p, bytes of the payload
// 100       deal id, then payload: the event as received, or the settings
//
// Valid if and only if size == 100 + d + p, the version and kind are known, the checksum matches, and the chain does:
// the previous checksum is the checksum of the record before, and the LSN is one more than its LSN.

/// The header of a log record; see the layout above.
public struct LogRecord: Sendable, Equatable {
    /// What a record says.
    public enum Kind: Sendable, Equatable {
        /// A verification event.
        case evidence(EvidenceSource)
        /// The scoring settings in force from this position on.
        case scoringSettings
        /// The next record, of the same deal, says that it seems to have died: older evidence is scaled down.
        case alarm

        static let settingsCode: UInt8 = 16
        static let alarmCode: UInt8 = 17

        var code: UInt8 {
            switch self {
            case .evidence(let source): source.rawValue
            case .scoringSettings: Self.settingsCode
            case .alarm: Self.alarmCode
            }
        }

        /// As it is told to people and programs: the event's `type`, or what else it is.
        public var name: String {
            switch self {
            case .evidence(let source): source.eventType
            case .scoringSettings: "ScoringSettings"
            case .alarm: "Alarm"
            }
        }

        init?(code: UInt8) {
            if code == Self.settingsCode {
                self = .scoringSettings
            } else if code == Self.alarmCode {
                self = .alarm
            } else if let source = EvidenceSource(rawValue: code) {
                self = .evidence(source)
            } else {
                return nil
            }
        }
    }

    public var kind: Kind
    public var lsn: LSN
    public var previousPartitionLSN: LSN
    public var previousDealLSN: LSN
    public var receivedAt: Timestamp
    public var time: Timestamp
    public var identity: Hash128
    public var contentHash: UInt64
    public var works: Bool
    public var hasGivenID: Bool
    public var mass: Double
    public var merchantID: Int64?
    /// Whether the deal's score begins with `scoreBefore`: its merchant's record.
    public var hasMerchantPrior: Bool
    /// Hundredths of a point, [0, 10000].
    public var scoreBefore: UInt16
    public var scoreAfter: UInt16

    public static let headerSize = 100
    static let version: UInt8 = 1

    public init(
        kind: Kind, lsn: LSN, previousPartitionLSN: LSN, previousDealLSN: LSN, receivedAt: Timestamp, time: Timestamp,
        identity: Hash128, contentHash: UInt64, works: Bool, hasGivenID: Bool, mass: Double, merchantID: Int64?,
        hasMerchantPrior: Bool = false, scoreBefore: UInt16, scoreAfter: UInt16
    ) {
        self.kind = kind
        self.lsn = lsn
        self.previousPartitionLSN = previousPartitionLSN
        self.previousDealLSN = previousDealLSN
        self.receivedAt = receivedAt
        self.time = time
        self.identity = identity
        self.contentHash = contentHash
        self.works = works
        self.hasGivenID = hasGivenID
        self.mass = mass
        self.merchantID = merchantID
        self.hasMerchantPrior = hasMerchantPrior
        self.scoreBefore = scoreBefore
        self.scoreAfter = scoreAfter
    }

    /// The header of a settings record: it is of no deal and of no partition.
    public init(scoringSettingsAt lsn: LSN, receivedAt: Timestamp) {
        self.init(
            kind: .scoringSettings, lsn: lsn, previousPartitionLSN: .zero, previousDealLSN: .zero,
            receivedAt: receivedAt, time: receivedAt, identity: Hash128(low: 0, high: 0), contentHash: 0, works: false,
            hasGivenID: false, mass: 0, merchantID: nil, scoreBefore: 0, scoreAfter: 0)
    }

    /// Bytes of a record with a deal id and payload of these sizes.
    public static func size(dealIDBytes: Int, payloadBytes: Int) -> Int {
        headerSize + dealIDBytes + payloadBytes
    }

    /// Appends the encoded record to `buffer` and returns its checksum; O(size).
    public func encode(
        dealID: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, previousChecksum: UInt32,
        into buffer: inout [UInt8]
    ) -> UInt32 {
        precondition(dealID.count <= Limits.dealIDBytesMax, "deal id over the limit")
        precondition(lsn > .zero, "a record needs a position")
        var checksum: UInt32 = 0
        buffer.appendBytes(Self.size(dealIDBytes: dealID.count, payloadBytes: payload.count)) { bytes in
            bytes.store(previousChecksum, at: 4)
            bytes.store(lsn.value, at: 8)
            bytes.store(previousPartitionLSN.value, at: 16)
            bytes.store(previousDealLSN.value, at: 24)
            bytes.store(receivedAt.microseconds, at: 32)
            bytes.store(time.microseconds, at: 40)
            bytes.store(identity.low, at: 48)
            bytes.store(identity.high, at: 56)
            bytes.store(contentHash, at: 64)
            bytes.store(mass, at: 72)
            bytes.store(merchantID ?? 0, at: 80)
            bytes[88] = Self.version
            bytes[89] = kind.code
            bytes[90] =
                (works ? 1 : 0) | (merchantID != nil ? 2 : 0) | (hasGivenID ? 4 : 0) | (hasMerchantPrior ? 8 : 0)
            bytes[91] = UInt8(dealID.count)
            bytes.store(scoreBefore, at: 92)
            bytes.store(scoreAfter, at: 94)
            bytes.store(UInt32(payload.count), at: 96)
            bytes.copy(dealID, at: Self.headerSize)
            bytes.copy(payload, at: Self.headerSize + dealID.count)
            checksum = CRC32C.checksum(UnsafeRawBufferPointer(bytes).slice(4, bytes.count - 4))
            bytes.store(checksum, at: 0)
        }
        return checksum
    }
}

/// A record as it lies in the log: the header, and where the rest stands in the bytes it was read from.
public struct StoredRecord: Sendable {
    public var header: LogRecord
    public var checksum: UInt32
    public var previousChecksum: UInt32
    public var dealID: Range<Int>
    public var payload: Range<Int>

    /// Reads and verifies one record (all but the chain, which takes the record before); O(bytes.count).
    public init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        guard bytes.count >= LogRecord.headerSize else {
            throw CodecError("record of \(bytes.count) bytes is shorter than its header")
        }
        checksum = bytes.littleEndian(0)
        guard CRC32C.checksum(bytes.slice(4, bytes.count - 4)) == checksum else {
            throw CodecError("record checksum does not match its bytes")
        }
        guard bytes[88] == LogRecord.version, let kind = LogRecord.Kind(code: bytes[89]) else {
            throw CodecError("record version \(bytes[88]) or kind \(bytes[89]) is unknown to this program")
        }
        let dealIDBytes = Int(bytes[91])
        let payloadBytes = Int(bytes.littleEndian(96, as: UInt32.self))
        guard bytes.count == LogRecord.size(dealIDBytes: dealIDBytes, payloadBytes: payloadBytes) else {
            throw CodecError("record of \(bytes.count) bytes does not match the sizes in its header")
        }
        previousChecksum = bytes.littleEndian(4)
        let flags = bytes[90]
        header = LogRecord(
            kind: kind,
            lsn: LSN(bytes.littleEndian(8)),
            previousPartitionLSN: LSN(bytes.littleEndian(16)),
            previousDealLSN: LSN(bytes.littleEndian(24)),
            receivedAt: Timestamp(microseconds: bytes.littleEndian(32)),
            time: Timestamp(microseconds: bytes.littleEndian(40)),
            identity: Hash128(low: bytes.littleEndian(48), high: bytes.littleEndian(56)),
            contentHash: bytes.littleEndian(64),
            works: flags & 1 != 0,
            hasGivenID: flags & 4 != 0,
            mass: bytes.double(72),
            merchantID: flags & 2 != 0 ? bytes.littleEndian(80) : nil,
            hasMerchantPrior: flags & 8 != 0,
            scoreBefore: bytes.littleEndian(92),
            scoreAfter: bytes.littleEndian(94)
        )
        dealID = LogRecord.headerSize..<LogRecord.headerSize + dealIDBytes
        payload = dealID.upperBound..<bytes.count
    }
}
