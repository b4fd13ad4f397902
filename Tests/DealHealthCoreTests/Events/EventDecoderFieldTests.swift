import Testing

@testable import DealHealthCore

/// Every rule on a field: the valid event with one member changed, and what becomes of it.
@Suite struct EventDecoderFieldTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var source: EvidenceSource
        var key: String
        /// Raw JSON; nil leaves the member out.
        var value: String?
        /// Nil: accepted.
        var reason: String?

        init(_ source: EvidenceSource, _ key: String, _ value: String?, _ reason: String? = nil) {
            self.source = source
            self.key = key
            self.value = value
            self.reason = reason
        }

        var testDescription: String {
            "\(source) \(key): \((value ?? "absent").prefix(40))"
        }
    }

    @Test(arguments: EventDecoderFieldTests.common + automatedTest + verification + tip)
    func decidesByField(_ row: Row) {
        #expect(EventText.reason(EventText.event(row.source, row.key, row.value)) == row.reason)
    }

    @Test func acceptsTheBaseOfEverySource() {
        for source in EvidenceSource.allCases {
            #expect(EventText.reason(EventText.event(source)) == nil)
        }
    }

    static func quoted(_ text: String) -> String {
        "\"\(text)\""
    }

    static let types = "AutomatedTestResult, CommunityVerification or CommunityTip"
    static let rfc3339 = "an RFC 3339 time such as 2026-11-24T05:56:52Z"
    static let integer = "an integer of 64 bits, written without fraction or exponent"

    static let common: [Row] = [
        Row(.automatedTest, "type", nil, "missing field `type`"),
        Row(.automatedTest, "type", "null", "missing field `type`"),
        Row(.automatedTest, "type", "1", "`type` must be a string, got a number"),
        Row(.automatedTest, "type", "[]", "`type` must be a string, got an array"),
        Row(.automatedTest, "type", #""Foo""#, "`type` must be \(types), got \"Foo\""),
        Row(.automatedTest, "type", #""automatedTestResult""#, "`type` must be \(types), got \"automatedTestResult\""),
        Row(.automatedTest, "type", #""""#, "`type` must be \(types), got \"\""),
        Row(.automatedTest, "type", #""Automated\u0054estResult""#),
        Row(.automatedTest, "promotionId", nil, "missing field `promotionId`"),
        Row(.automatedTest, "promotionId", "null", "missing field `promotionId`"),
        Row(.automatedTest, "promotionId", "7", "`promotionId` must be a string, got a number"),
        Row(.automatedTest, "promotionId", "{}", "`promotionId` must be a string, got an object"),
        Row(.automatedTest, "promotionId", #""""#, "`promotionId` must be 1 to 255 bytes long, got 0"),
        Row(.automatedTest, "promotionId", quoted("x")),
        Row(.automatedTest, "promotionId", quoted(String(repeating: "x", count: 255))),
        Row(
            .automatedTest, "promotionId", quoted(String(repeating: "x", count: 256)),
            "`promotionId` must be 1 to 255 bytes long, got 256"),
        Row(.automatedTest, "promotionId", quoted(String(repeating: #"\u0041"#, count: 255))),
        Row(.automatedTest, "promotionId", quoted(String(repeating: "é", count: 127))),
        Row(
            .automatedTest, "promotionId", quoted(String(repeating: "é", count: 128)),
            "`promotionId` must be 1 to 255 bytes long, got 256"),
        Row(.automatedTest, "promotionId", #""a\nb""#, "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", #""\u0000""#, "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", #""a\u007f""#, "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", "\"a\u{7F}\"", "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", "\"a\u{80}\"", "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", "\"a\u{9F}\"", "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", #""\u0085""#, "`promotionId` must not have control characters"),
        Row(.automatedTest, "promotionId", "\"a\u{A0}\""),
        Row(.automatedTest, "promotionId", #""a\/b\"c\\ 😀""#),
        Row(.automatedTest, "promotionId", #""\ud83d\ude00""#),
        Row(.automatedTest, "promotionId", #""\ud83d""#, "`promotionId` has half of a surrogate pair"),
        Row(.automatedTest, "promotionId", #""\ude00\ud83d""#, "`promotionId` has half of a surrogate pair"),
        Row(.automatedTest, "promotionId", #""\ud83dx""#, "`promotionId` has half of a surrogate pair"),
        Row(.automatedTest, "promotionId", #""\ud83d\n""#, "`promotionId` has half of a surrogate pair"),
        Row(.automatedTest, "promotionId", #""\ud83d\ud83d\ude00""#, "`promotionId` has half of a surrogate pair"),
        Row(.automatedTest, "timestamp", nil, "missing field `timestamp`"),
        Row(.automatedTest, "timestamp", "null", "missing field `timestamp`"),
        Row(.automatedTest, "timestamp", "1780272000", "`timestamp` must be \(rfc3339), got 1780272000"),
        Row(.automatedTest, "timestamp", #""yesterday""#, "`timestamp` must be \(rfc3339), got \"yesterday\""),
        Row(.automatedTest, "timestamp", #""""#, "`timestamp` must be \(rfc3339), got \"\""),
        Row(
            .automatedTest, "timestamp", #""2026-13-01T00:00:00Z""#,
            "`timestamp` must be \(rfc3339), got \"2026-13-01T00:00:00Z\""),
        Row(.automatedTest, "timestamp", #""2026\u002d05-24T05:56:52Z""#),
        Row(.automatedTest, "timestamp", #""2026-06-01T00:05:00Z""#),
        Row(
            .automatedTest, "timestamp", #""2026-06-01T00:05:00.000001Z""#,
            "`timestamp` is more than 5 minutes in the future"),
        Row(
            .automatedTest, "timestamp", #""2026-05-31T23:10:00-01:00""#,
            "`timestamp` is more than 5 minutes in the future"),
        Row(
            .automatedTest, "timestamp", #""9999-12-31T23:59:59-23:59""#,
            "`timestamp` must be \(rfc3339), got \"9999-12-31T23:59:59-23:59\""),
        Row(.automatedTest, "eventId", "null"),
        Row(.automatedTest, "eventId", quoted("e")),
        Row(.automatedTest, "eventId", #""""#, "`eventId` must be 1 to 128 bytes long, got 0"),
        Row(.automatedTest, "eventId", quoted(String(repeating: "e", count: 128))),
        Row(.automatedTest, "eventId", quoted(String(repeating: #"\u0065"#, count: 128))),
        Row(
            .automatedTest, "eventId", quoted(String(repeating: "e", count: 129)),
            "`eventId` must be 1 to 128 bytes long, got 129"),
        Row(.automatedTest, "eventId", "17", "`eventId` must be a string, got a number"),
        Row(.automatedTest, "eventId", "false", "`eventId` must be a string, got false"),
    ]

    static let automatedTest: [Row] = [
        Row(.automatedTest, "merchantId", nil, "missing field `merchantId`"),
        Row(.automatedTest, "merchantId", "null", "missing field `merchantId`"),
        Row(.automatedTest, "merchantId", "0"),
        Row(.automatedTest, "merchantId", "-0"),
        Row(.automatedTest, "merchantId", "-12"),
        Row(.automatedTest, "merchantId", "9223372036854775807"),
        Row(.automatedTest, "merchantId", "-9223372036854775808"),
        Row(
            .automatedTest, "merchantId", "9223372036854775808",
            "`merchantId` must be \(integer), got 9223372036854775808"),
        Row(
            .automatedTest, "merchantId", "-9223372036854775809",
            "`merchantId` must be \(integer), got -9223372036854775809"),
        Row(
            .automatedTest, "merchantId", "100000000000000000000",
            "`merchantId` must be \(integer), got 100000000000000000000"),
        Row(.automatedTest, "merchantId", "1.0", "`merchantId` must be \(integer), got 1.0"),
        Row(.automatedTest, "merchantId", "1e3", "`merchantId` must be \(integer), got 1e3"),
        Row(.automatedTest, "merchantId", #""1""#, "`merchantId` must be \(integer), got \"1\""),
        Row(.automatedTest, "merchantId", "true", "`merchantId` must be \(integer), got true"),
        Row(.automatedTest, "success", nil, "missing field `success`"),
        Row(.automatedTest, "success", "null", "missing field `success`"),
        Row(.automatedTest, "success", "false"),
        Row(.automatedTest, "success", "1", "`success` must be true or false, got a number"),
        Row(.automatedTest, "success", #""true""#, "`success` must be true or false, got a string"),
        Row(.automatedTest, "discountValue", nil, "missing field `discountValue`"),
        Row(.automatedTest, "discountValue", "null", "missing field `discountValue`"),
        Row(.automatedTest, "discountValue", "-1.5e-3"),
        Row(.automatedTest, "discountValue", "0"),
        Row(.automatedTest, "discountValue", "1e308"),
        Row(.automatedTest, "discountValue", "1e-400"),
        Row(
            .automatedTest, "discountValue", "1e309", "`discountValue` must be a number from -1.8e308 to 1.8e308"),
        Row(
            .automatedTest, "discountValue", "-1e99999999999999999999",
            "`discountValue` must be a number from -1.8e308 to 1.8e308"),
        Row(.automatedTest, "discountValue", #""12""#, "`discountValue` must be a number, got a string"),
        Row(.automatedTest, "testDuration", nil),
        Row(.automatedTest, "testDuration", "null"),
        Row(.automatedTest, "testDuration", "0"),
        Row(
            .automatedTest, "testDuration", "-1",
            "`testDuration` must be an integer of at least 0 (milliseconds), got -1"
        ),
        Row(
            .automatedTest, "testDuration", "1.5",
            "`testDuration` must be an integer of at least 0 (milliseconds), got 1.5"),
        Row(
            .automatedTest, "testDuration", "[]",
            "`testDuration` must be an integer of at least 0 (milliseconds), got an array"),
        Row(.automatedTest, "errorMessage", #""timeout""#),
        Row(.automatedTest, "errorMessage", #""""#),
        Row(.automatedTest, "errorMessage", "3", "`errorMessage` must be a string, got a number"),
        Row(.automatedTest, "testEnvironment", "null"),
        Row(.automatedTest, "testEnvironment", "true", "`testEnvironment` must be a string, got true"),
        // Known to other types only: the sender's own here.
        Row(.automatedTest, "tipText", "5"),
        Row(.automatedTest, "is_valid", #""maybe""#),
        Row(.automatedTest, "userReputation", "1000"),
        Row(.automatedTest, "structured_data", "[1,{}]"),
    ]

    static let verification: [Row] = [
        Row(.communityVerification, "merchantId", "69"),
        Row(.communityVerification, "merchantId", "null"),
        Row(.communityVerification, "merchantId", "6.9", "`merchantId` must be \(integer), got 6.9"),
        Row(.communityVerification, "verifierId", nil, "missing field `verifierId`"),
        Row(.communityVerification, "verifierId", "null", "missing field `verifierId`"),
        Row(.communityVerification, "verifierId", "12", "`verifierId` must be a string, got a number"),
        Row(.communityVerification, "verifierReputationScore", nil, "missing field `verifierReputationScore`"),
        Row(.communityVerification, "verifierReputationScore", "null", "missing field `verifierReputationScore`"),
        Row(.communityVerification, "verifierReputationScore", "0"),
        Row(.communityVerification, "verifierReputationScore", "-0.0"),
        Row(.communityVerification, "verifierReputationScore", "100"),
        Row(.communityVerification, "verifierReputationScore", "1e2"),
        Row(
            .communityVerification, "verifierReputationScore", "250",
            "`verifierReputationScore` must be a number from 0 to 100, got 250"),
        Row(
            .communityVerification, "verifierReputationScore", "100.00000000000001",
            "`verifierReputationScore` must be a number from 0 to 100, got 100.00000000000001"),
        Row(
            .communityVerification, "verifierReputationScore", "-1",
            "`verifierReputationScore` must be a number from 0 to 100, got -1"),
        Row(
            .communityVerification, "verifierReputationScore", "1e999",
            "`verifierReputationScore` must be a number from 0 to 100, got 1e999"),
        Row(
            .communityVerification, "verifierReputationScore", #""50""#,
            "`verifierReputationScore` must be a number from 0 to 100, got \"50\""),
        Row(.communityVerification, "is_valid", nil, "missing field `is_valid`"),
        Row(.communityVerification, "is_valid", "true"),
        Row(.communityVerification, "is_valid", "0", "`is_valid` must be true or false, got a number"),
        Row(.communityVerification, "verificationMethod", nil),
        Row(.communityVerification, "verificationMethod", "1", "`verificationMethod` must be a string, got a number"),
        Row(.communityVerification, "notes", "null"),
        Row(.communityVerification, "notes", "{}", "`notes` must be a string, got an object"),
        Row(.communityVerification, "notes", #""\ud800""#, "`notes` has half of a surrogate pair"),
        Row(.communityVerification, "success", #""yes""#),
        Row(.communityVerification, "testDuration", "-1"),
    ]

    static let tip: [Row] = [
        Row(.communityTip, "merchantId", nil),
        Row(.communityTip, "merchantId", "1e3", "`merchantId` must be \(integer), got 1e3"),
        Row(.communityTip, "tipText", nil, "missing field `tipText`"),
        Row(.communityTip, "tipText", "null", "missing field `tipText`"),
        Row(.communityTip, "tipText", "[]", "`tipText` must be a string, got an array"),
        Row(.communityTip, "tipText", #""""#, "`tipText` must be 1 to 16384 bytes long, got 0"),
        Row(.communityTip, "tipText", quoted(String(repeating: "t", count: 16_384))),
        Row(.communityTip, "tipText", quoted(String(repeating: #"\u0074"#, count: 16_384))),
        Row(
            .communityTip, "tipText", quoted(String(repeating: "t", count: 16_385)),
            "`tipText` must be 1 to 16384 bytes long, got 16385"),
        Row(
            .communityTip, "tipText", quoted(String(repeating: #"\u00e9"#, count: 8_193)),
            "`tipText` must be 1 to 16384 bytes long, got 16386"),
        Row(.communityTip, "userId", "null"),
        Row(.communityTip, "userId", "5", "`userId` must be a string, got a number"),
        Row(.communityTip, "userReputation", "null"),
        Row(.communityTip, "userReputation", "0"),
        Row(.communityTip, "userReputation", "100.0"),
        Row(.communityTip, "userReputation", "101", "`userReputation` must be a number from 0 to 100, got 101"),
        Row(.communityTip, "userReputation", "false", "`userReputation` must be a number from 0 to 100, got false"),
        Row(.communityTip, "structured_data", nil),
        Row(.communityTip, "structured_data", "null"),
        Row(.communityTip, "structured_data", "{}"),
        Row(.communityTip, "structured_data", #"{"is_valid":"who knows","x":[[]]}"#),
        Row(
            .communityTip, "structured_data", #"{"a":1,"b":{"c":1,"c":1}}"#,
            "duplicate key `c` inside `structured_data`"),
        Row(
            .communityTip, "structured_data", #"{"a":1,"\u0061":2}"#,
            "duplicate key `a` inside `structured_data`"),
        Row(.communityTip, "structured_data", "[]", "`structured_data` must be an object or null, got an array"),
        Row(.communityTip, "structured_data", #""{}""#, "`structured_data` must be an object or null, got a string"),
        Row(.communityTip, "structured_data", #"{"\udc00":1}"#, "a key has half of a surrogate pair"),
        Row(.communityTip, "confidence_score", nil),
        Row(.communityTip, "confidence_score", "null"),
        Row(.communityTip, "confidence_score", "0"),
        Row(.communityTip, "confidence_score", "1"),
        Row(.communityTip, "confidence_score", "1.01", "`confidence_score` must be a number from 0 to 1, got 1.01"),
        Row(.communityTip, "confidence_score", "-1e-9", "`confidence_score` must be a number from 0 to 1, got -1e-9"),
        Row(.communityTip, "confidence_score", #""1""#, "`confidence_score` must be a number from 0 to 1, got \"1\""),
        Row(.communityTip, "success", "null"),
        Row(.communityTip, "anything", #"{"deep":[1,2,{"x":null}]}"#),
    ]
}
