@testable import DealHealthCore

/// Valid events as lists of members, and the decoder that the tests of the wire format share.
enum EventText {
    static let key = HashKey(k0: 0x0706_0504_0302_0100, k1: 0x0F0E_0D0C_0B0A_0908)
    /// 2026-06-01T00:00:00Z
    static let now = Timestamp(microseconds: 1_780_272_000_000_000)
    static let decoder = EventDecoder(hashKey: key, now: now)

    static let test: [(String, String)] = [
        ("type", #""AutomatedTestResult""#), ("promotionId", #""promo-1""#),
        ("timestamp", #""2026-05-24T05:56:52.123456""#), ("merchantId", "4711"), ("success", "true"),
        ("discountValue", "12.5"), ("testDuration", "1532"), ("errorMessage", "null"),
        ("testEnvironment", #""us-east-1""#),
    ]
    static let verification: [(String, String)] = [
        ("type", #""CommunityVerification""#), ("promotionId", #""promo-1""#),
        ("timestamp", #""2026-05-24T05:56:52Z""#), ("verifierId", #""user-1""#),
        ("verifierReputationScore", "87.5"), ("is_valid", "false"), ("verificationMethod", #""checkout""#),
        ("notes", #""refused at checkout""#),
    ]
    static let tip: [(String, String)] = [
        ("type", #""CommunityTip""#), ("promotionId", #""promo-1""#),
        ("timestamp", #""2026-05-24T05:56:52+02:00""#), ("tipText", #""worked for me""#), ("userId", #""user-1""#),
        ("userReputation", "80"), ("structured_data", #"{"is_valid":true}"#), ("confidence_score", "0.5"),
    ]

    static func base(_ source: EvidenceSource) -> [(String, String)] {
        switch source {
        case .automatedTest: test
        case .communityVerification: verification
        case .communityTip: tip
        }
    }

    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// The valid event of a source with one member set (raw JSON), added, or, if `value` is nil, left out.
    static func event(_ source: EvidenceSource, _ key: String? = nil, _ value: String? = nil) -> String {
        var members = base(source)
        guard let key else { return object(members) }
        let index = members.firstIndex { $0.0 == key }
        switch (index, value) {
        case (let index?, let value?): members[index].1 = value
        case (let index?, nil): members.remove(at: index)
        case (nil, let value?): members.append((key, value))
        case (nil, nil): break
        }
        return object(members)
    }

    /// Decodes one event: it, or the reason why not.
    static func decode(_ bytes: [UInt8]) -> Result<Event, EventOutcome> {
        do throws(MalformedJSON) {
            let (batch, isSingle) = try decoder.decode(document: bytes)
            guard isSingle, batch.events.count + batch.rejected.count == 1 else {
                return .failure(EventOutcome("not one event"))
            }
            return batch.events.first.map { .success($0) } ?? .failure(EventOutcome(batch.rejected[0].reason))
        } catch {
            return .failure(EventOutcome(error.message))
        }
    }

    static func decode(_ text: String) -> Result<Event, EventOutcome> {
        decode(Array(text.utf8))
    }

    static func reason(_ text: String) -> String? {
        switch decode(text) {
        case .success: nil
        case .failure(let outcome): outcome.reason
        }
    }
}

/// Why a text was not decoded into an event.
struct EventOutcome: Error, Equatable {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// A seeded generator (SplitMix64), so that a failing run can be repeated.
struct EventGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
