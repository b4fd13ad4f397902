import DealHealthCore

/// A decoder of events that is slow and meant to be obviously right: DESIGN §5's table, read off a tree of values. It shares with the
/// real one the limits, the hash and the rules for tips, and no code that reads a byte of JSON, a number or a time.
struct PlainEvent: Equatable {
    var source: EvidenceSource
    var works: Bool
    /// The given event id.
    var eventID: String?
    var microseconds: Int64
    var mass: Double
    var merchantID: Int64?
    var dealID: String

    /// The event that `value` is; nil if it must be refused. `latest` is the last time that is taken, in microseconds since 1970;
    /// `bytesCount` the length of the text.
    init?(_ value: PlainJSON, bytesCount: Int, latest: Int64) {
        guard case .object(let members) = value, bytesCount <= Limits.eventBytesMax, Self.isSound(value, level: 1)
        else {
            return nil
        }
        do throws(Refused) {
            self = try Self(Fields(members), latest: latest)
        } catch {
            return nil
        }
    }

    private struct Refused: Error {}

    /// Whether strings are of Unicode, keys differ, and containers nest no deeper than allowed.
    private static func isSound(_ value: PlainJSON, level: Int) -> Bool {
        switch value {
        case .null, .bool, .number: return true
        case .string(let text): return text != nil
        case .array(let elements):
            return level <= Limits.jsonDepthMax && elements.allSatisfy { isSound($0, level: level + 1) }
        case .object(let members):
            // Compared as bytes: Swift's strings are equal when they are canonically equivalent, JSON's keys are not.
            let keys = members.map { $0.key.map { Array($0.utf8) } }
            return level <= Limits.jsonDepthMax && !keys.contains(nil) && Set(keys).count == keys.count
                && members.allSatisfy { isSound($0.value, level: level + 1) }
        }
    }

    /// The members of an object by their keys; null is absent.
    private struct Fields {
        private var values: [[UInt8]: PlainJSON] = [:]

        init(_ members: [PlainJSON.Member]) {
            for member in members where member.value != .null { values[Array((member.key ?? "").utf8)] = member.value }
        }

        /// What `read` makes of the value of `key`; nil if it is absent. Refused if it is there and nothing can be made of it.
        func optional<Value>(_ key: String, _ read: (PlainJSON) -> Value?) throws(Refused) -> Value? {
            guard let value = values[Array(key.utf8)] else { return nil }
            guard let made = read(value) else { throw Refused() }
            return made
        }

        func required<Value>(_ key: String, _ read: (PlainJSON) -> Value?) throws(Refused) -> Value {
            guard let made = try optional(key, read) else { throw Refused() }
            return made
        }

        /// As `optional`, but what nothing can be made of is as good as absent.
        func lenient<Value>(_ key: String, _ read: (PlainJSON) -> Value?) -> Value? {
            values[Array(key.utf8)].flatMap(read)
        }
    }

    private init(_ fields: Fields, latest: Int64) throws(Refused) {
        let type = try fields.required("type", Self.text)
        guard let source = EvidenceSource.allCases.first(where: { Array($0.eventType.utf8) == Array(type.utf8) }) else {
            throw Refused()
        }
        self.source = source
        dealID = try fields.required("promotionId", Self.text(1...Limits.dealIDBytesMax))
        if dealID.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) { throw Refused() }
        microseconds = try fields.required("timestamp") {
            Self.text($0).flatMap { PlainTime.microseconds(Array($0.utf8)) }
        }
        if microseconds > latest { throw Refused() }
        eventID = try fields.optional("eventId", Self.text(1...Limits.eventIDBytesMax))
        merchantID = try fields.optional("merchantId", Self.integer)
        switch source {
        case .automatedTest: (works, mass) = try Self.test(fields)
        case .communityVerification: (works, mass) = try Self.verification(fields)
        case .communityTip: (works, mass) = try Self.tip(fields)
        }
    }

    private static func test(_ fields: Fields) throws(Refused) -> (Bool, Double) {
        _ = try fields.required("merchantId", integer)
        let success = try fields.required("success", bool)
        _ = try fields.required("discountValue", number)
        if let duration = try fields.optional("testDuration", integer), duration < 0 { throw Refused() }
        for key in ["errorMessage", "testEnvironment"] { _ = try fields.optional(key, text) }
        return (success, 1)
    }

    private static func verification(_ fields: Fields) throws(Refused) -> (Bool, Double) {
        _ = try fields.required("verifierId", text)
        let reputation = try fields.required("verifierReputationScore", number(0...100))
        let isValid = try fields.required("is_valid", bool)
        for key in ["verificationMethod", "notes"] { _ = try fields.optional(key, text) }
        return (isValid, reputation / 100)
    }

    private static func tip(_ fields: Fields) throws(Refused) -> (Bool, Double) {
        let tipText = try fields.required("tipText", text(1...Limits.tipTextBytesMax))
        _ = try fields.optional("userId", text)
        let reputation = try fields.optional("userReputation", number(0...100))
        let structuredData = try fields.optional("structured_data", object)
        let score = try fields.optional("confidence_score", number(0...1))
        let opinion = structuredData.flatMap(opinion) ?? judgement(tipText)
        let mass = (reputation ?? 50) / 100 * (score ?? opinion.confidence ?? 1) * opinion.strength
        return (opinion.works && mass > 0, mass)
    }

    private typealias Opinion = (works: Bool, strength: Double, confidence: Double?)

    private static func judgement(_ tipText: String) -> Opinion {
        let judgement = Array(tipText.utf8).withUnsafeBytes { TipRules.judge($0) }
        return (judgement.works, judgement.strength, judgement.confidence)
    }

    /// What a producer's own analysis says (`TipOpinion`'s rule); nil if it names no outcome.
    private static func opinion(_ data: Fields) -> Opinion? {
        let strength = data.lenient("strength", number(0...1))
        let confidence = data.lenient("confidence", number(0...1))
        if let works = data.lenient("is_valid", bool) ?? data.lenient("works", bool) {
            return (works, strength ?? 1, confidence)
        }
        let words = ["positive": 1.0, "negative": -1, "neutral": 0]
        guard let sentiment = data.lenient("sentiment", { text($0).flatMap { words[$0] } ?? number(-1...1)($0) }) else {
            return nil
        }
        return (sentiment > 0, sentiment == 0 ? 0 : strength ?? abs(sentiment), confidence)
    }

    // MARK: values

    private static func text(_ value: PlainJSON) -> String? {
        if case .string(let text) = value { text } else { nil }
    }

    /// A string of so many bytes.
    private static func text(_ bytes: ClosedRange<Int>) -> (PlainJSON) -> String? {
        { value in text(value).flatMap { bytes.contains($0.utf8.count) ? $0 : nil } }
    }

    private static func bool(_ value: PlainJSON) -> Bool? {
        if case .bool(let bool) = value { bool } else { nil }
    }

    private static func object(_ value: PlainJSON) -> Fields? {
        if case .object(let members) = value { Fields(members) } else { nil }
    }

    /// A number that a `Double` can hold; `strtod` reads it.
    private static func number(_ value: PlainJSON) -> Double? {
        guard case .number(let text) = value, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func number(_ range: ClosedRange<Double>) -> (PlainJSON) -> Double? {
        { value in number(value).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// Digits alone, of 64 bits.
    private static func integer(_ value: PlainJSON) -> Int64? {
        if case .number(let text) = value { Int64(text) } else { nil }
    }
}
