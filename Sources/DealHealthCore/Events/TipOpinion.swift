/// What a community tip says about its deal, as evidence.
///
/// **The rule.** The mass of a tip is `reputation · confidence · strength`, where `reputation` is
/// `(userReputation ?? 50) / 100`, and the rest comes from the first of these that has an opinion:
///
/// 1. `structured_data`, a producer's own analysis of the text, if it is an object with an outcome: `is_valid`, else
///    `works` (true or false; strength 1), else `sentiment`: "positive" or "negative" (strength 1), "neutral" (no
///    opinion), or a number in [-1, 1], whose sign is the outcome and whose magnitude the strength. `strength` in
///    [0, 1], if there, takes the strength's place, though it does not make an opinion of none. The confidence is
///    `confidence_score`, else `confidence` in [0, 1], else 1.
/// 2. `TipRules`' judgement of `tipText`. The confidence is `confidence_score`, else the judgement's.
///
/// The object is someone else's: a key of it with a value that is not as said here is ignored, never refused. A tip
/// without opinion has mass 0; it counts as an event and moves nothing.
struct TipOpinion {
    var works = false
    /// How strong the opinion is, [0, 1].
    var strength = 0.0
    /// How sure the analysis is, [0, 1]; nil if it does not say.
    var confidence: Double?

    /// The evidence mass m, [0, 1]; `reputation` in [0, 100].
    func mass(reputation: Double?, confidenceScore: Double?) -> Double {
        min(max((reputation ?? 50) / 100 * (confidenceScore ?? confidence ?? 1) * strength, 0), 1)
    }

    /// What `structured_data` says, which is the object `value`; nil if it names no outcome.
    init?(structuredData value: JSONValue, in reader: CanonicalReader) {
        var reader = reader
        reader.scanner.position = value.start
        reader.scanner.end = value.end
        // The text was read whole before, so that nothing is malformed here.
        guard let members = try? Members(&reader) else { return nil }
        if let works = members.isValid ?? members.works {
            self.works = works
            strength = members.strength ?? 1
        } else if let sentiment = members.sentiment {
            works = sentiment > 0
            strength = sentiment == 0 ? 0 : members.strength ?? abs(sentiment)
        } else {
            return nil
        }
        confidence = members.confidence
    }

    /// What the text says, by our own rules.
    init(text: UnsafeRawBufferPointer) {
        let judgement = TipRules.judge(text)
        works = judgement.works
        strength = judgement.strength
        confidence = judgement.confidence
    }

    /// The members of `structured_data` that have a meaning here, where they are as the rule says.
    private struct Members {
        var isValid: Bool?
        var works: Bool?
        /// [-1, 1]
        var sentiment: Double?
        /// [0, 1]
        var strength: Double?
        /// [0, 1]
        var confidence: Double?

        /// Reads the object that is next.
        init(_ reader: inout CanonicalReader) throws(MalformedJSON) {
            guard try reader.scanner.open(closing: UInt8(ascii: "}")) else { return }
            repeat {
                let key = try reader.scanner.key()
                let value = try reader.value(name: 0, depth: 0).value
                let name = reader.withValue(of: key) { String(decoding: $0, as: UTF8.self) }
                switch name {
                case "is_valid": isValid = Self.bool(value)
                case "works": works = Self.bool(value)
                case "sentiment": sentiment = Self.sentiment(value, in: &reader)
                case "strength": strength = Self.number(value, from: 0)
                case "confidence": confidence = Self.number(value, from: 0)
                default: break
                }
            } while try reader.scanner.comma(orClosing: UInt8(ascii: "}"))
        }

        private static func bool(_ value: JSONValue) -> Bool? {
            switch value.kind {
            case .true: true
            case .false: false
            default: nil
            }
        }

        /// A number in `[lowerBound, 1]`.
        private static func number(_ value: JSONValue, from lowerBound: Double) -> Double? {
            value.kind == .number && value.number >= lowerBound && value.number <= 1 ? value.number : nil
        }

        private static func sentiment(_ value: JSONValue, in reader: inout CanonicalReader) -> Double? {
            guard value.kind == .string else { return number(value, from: -1) }
            return switch reader.withValue(of: value.string, { String(decoding: $0, as: UTF8.self) }) {
            case "positive": 1
            case "negative": -1
            case "neutral": 0
            default: nil
            }
        }
    }
}
