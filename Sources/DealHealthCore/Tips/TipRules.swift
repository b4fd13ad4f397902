// How the rules compose.
//
//   bytes ─ TipTokenizer ─▶ tokens ─ TipLexicon ─▶ senses ─ TipReader ─▶ clauses ─ TipTally ─▶ judgement
//
// 1. Tokens. Words are hashed in lower case without apostrophes ("doesn’t" = "doesnt"); amounts become `$`, `%` or
//    `#`; punctuation becomes breaks that end a clause (comma) or a sentence (full stop, question mark).
//    Frequent words are also known with a letter missing or two swapped ("expird", "wokring").
// 2. Lexicon. The longest phrase that starts at a token gives one sense: a *state* opinion ("works", "expired") with
//    one value when affirmed and one when negated, a *sentiment* ("great"), or an operator (negator, hedge, contrast …).
// 3. Reader. A negator flips the first opinion within its scope (six words, same clause); two negators cancel out.
//    "got … off" and "didn't get … off" are read as a gain verb and its payoff. "it didn't" with nothing after it
//    denies what was said before. "if it works" is hypothetical and says nothing. A question says nothing, except
//    "why doesn't it work?", which presupposes a failure.
// 4. Clause. A clause's opinions are scaled once, at its end: hedges, reported speech ("thought it was expired"),
//    concessions ("though …"), other subjects ("other codes …"). "Not valid on sale items" (a failure with an
//    exclusion) is a condition, not a failure.
//    "Doesn't work on shoes, everything else is fine" is one too, told in two clauses.
// 5. Tally. Opinions of one polarity reinforce each other as independent evidence, 1 - Π(1 - v). After "but" the
//    opposite evidence so far counts a quarter; so does past evidence against present evidence.
//    strength = reinforced value × balance of the two sides. State opinions decide; sentiment only strengthens
//    them, or gives a weak opinion of its own where there is no other. Conditions weaken a positive opinion.
//
// Where people read the judgement, `TipConditionNotes` collects beside it what the conditions are.
//
// All arithmetic is +, -, ×, / on doubles in text order: the same text gives the same bits on every machine.

/// The local judge of coupon tips: tables of rules, no model, no I/O.
public enum TipRules {
    /// Judges a tip.
    ///
    /// - Parameter text: UTF-8 bytes, validated by the caller. Bytes that are not UTF-8 give a meaningless judgement,
    ///   never a trap.
    /// - Complexity: O(`text.count`) time; scratch of 16 bytes per byte of text, freed before returning.
    public static func judge(_ text: UnsafeRawBufferPointer) -> TipJudgement {
        withTokens(of: text) { tokens in
            var reader = TipReader()
            reader.read(tokens, lexicon: TipLexicon.coupons)
            return reader.tally.judgement
        }
    }

    /// Judges a tip and lists the conditions it states: for people who read the judgement. Several times the cost of
    /// `judge`, for it allocates.
    ///
    /// - Parameter text: as of `judge`.
    public static func read(_ text: UnsafeRawBufferPointer) -> TipReading {
        withTokens(of: text) { tokens in
            var reader = TipReader()
            reader.notes = TipConditionNotes(text: text, tokens: tokens)
            reader.read(tokens, lexicon: TipLexicon.coupons)
            return TipReading(judgement: reader.tally.judgement, conditions: reader.notes?.conditions ?? [])
        }
    }

    @inline(__always)
    private static func withTokens<Result>(
        of text: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<TipToken>) -> Result
    ) -> Result {
        // One token per byte is the worst case ("a" and "." alternating), so the scratch can never overflow.
        withUnsafeTemporaryAllocation(of: TipToken.self, capacity: text.count + 1) { scratch in
            var tokenizer = TipTokenizer(text: text)
            var count = 0
            while let token = tokenizer.next() {
                scratch.initializeElement(at: count, to: token)
                count += 1
            }
            return body(UnsafeBufferPointer(rebasing: scratch[..<count]))
        }
    }

    /// Reads a tip held in a string, as `judge` does.
    public static func read(_ text: String) -> TipReading {
        var text = text
        return text.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }

    /// Judges a tip held in a string. Complexity: as above, plus one copy if the string is not native UTF-8.
    public static func judge(_ text: String) -> TipJudgement {
        var text = text
        return text.withUTF8 { judge(UnsafeRawBufferPointer($0)) }
    }
}
