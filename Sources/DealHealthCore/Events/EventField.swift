/// The fields of the wire format (DESIGN §5).
///
/// The raw value names a member in the canonical hash, so it is part of the log format: never change or reuse one.
enum EventField: UInt8, CaseIterable {
    case type = 0
    case promotionID = 1
    case timestamp = 2
    case eventID = 3
    case merchantID = 4
    case success = 5
    case discountValue = 6
    case testDuration = 7
    case errorMessage = 8
    case testEnvironment = 9
    case verifierID = 10
    case verifierReputationScore = 11
    case isValid = 12
    case verificationMethod = 13
    case notes = 14
    case tipText = 15
    case userID = 16
    case userReputation = 17
    case structuredData = 18
    case confidenceScore = 19

    static let count = 20

    /// Its key on the wire.
    var key: StaticString {
        switch self {
        case .type: "type"
        case .promotionID: "promotionId"
        case .timestamp: "timestamp"
        case .eventID: "eventId"
        case .merchantID: "merchantId"
        case .success: "success"
        case .discountValue: "discountValue"
        case .testDuration: "testDuration"
        case .errorMessage: "errorMessage"
        case .testEnvironment: "testEnvironment"
        case .verifierID: "verifierId"
        case .verifierReputationScore: "verifierReputationScore"
        case .isValid: "is_valid"
        case .verificationMethod: "verificationMethod"
        case .notes: "notes"
        case .tipText: "tipText"
        case .userID: "userId"
        case .userReputation: "userReputation"
        case .structuredData: "structured_data"
        case .confidenceScore: "confidence_score"
        }
    }

    /// A set of one.
    @inline(__always)
    var bit: UInt32 {
        1 << UInt32(rawValue)
    }

    /// The fields that events of a source know, as a set of bits; others are the sender's own.
    static func known(to source: EvidenceSource) -> UInt32 {
        switch source {
        case .automatedTest: 0b0000_0000_0011_1111_1111
        case .communityVerification: 0b0000_0111_1100_0001_1111
        case .communityTip: 0b1111_1000_0000_0001_1111
        }
    }

    /// The field of this key, if it is one.
    @inline(__always)
    init?(key: UnsafeRawBufferPointer) {
        let candidate: EventField
        switch key.count {
        case 4: candidate = .type
        case 5: candidate = .notes
        case 6: candidate = .userID
        case 7:
            switch key[0] {
            case UInt8(ascii: "e"): candidate = .eventID
            case UInt8(ascii: "s"): candidate = .success
            default: candidate = .tipText
            }
        case 8: candidate = .isValid
        case 9: candidate = .timestamp
        case 10: candidate = key[0] == UInt8(ascii: "m") ? .merchantID : .verifierID
        case 11: candidate = .promotionID
        case 12: candidate = key[0] == UInt8(ascii: "t") ? .testDuration : .errorMessage
        case 13: candidate = .discountValue
        case 14: candidate = .userReputation
        case 15: candidate = key[0] == UInt8(ascii: "t") ? .testEnvironment : .structuredData
        case 16: candidate = .confidenceScore
        case 18: candidate = .verificationMethod
        case 23: candidate = .verifierReputationScore
        default: return nil
        }
        guard candidate.isNamed(key) else { return nil }
        self = candidate
    }

    /// Whether `key` is this field's.
    @inline(__always)
    private func isNamed(_ key: UnsafeRawBufferPointer) -> Bool {
        let own = UnsafeRawBufferPointer(start: self.key.utf8Start, count: self.key.utf8CodeUnitCount)
        guard own.count == key.count else { return false }
        var offset = 0
        while offset &+ 8 <= own.count {
            let a = own.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let b = key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard a == b else { return false }
            offset &+= 8
        }
        while offset < own.count {
            guard own[offset] == key[offset] else { return false }
            offset &+= 1
        }
        return true
    }
}
