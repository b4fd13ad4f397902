/// Reads senses in text order: holds the scopes that are open, and hands each finished clause to the tally.
struct TipReader {
    /// Words that "if" makes hypothetical ("let me know *if* the code still works").
    static let hypotheticalReach = 5
    /// Words between a gain verb and its payoff ("got an extra 20 % off").
    static let gainReach = 6
    /// Words between an opinion and its intensifier on either side ("works great", "still works").
    static let intensifierReach = 2

    /// What the finished clauses said.
    var tally = TipTally()
    /// The clause being read.
    var clause = TipClause()
    /// The last negator of the clause.
    var negation = NegationScope()
    /// A question is open until the end of the sentence.
    var isQuestion = false
    /// Words left of a hypothetical.
    var hypothetical = 0
    /// Words left of a gain verb, its values, and whether it is negated.
    var gain = (reach: 0, sense: TipSense.role(.filler), isNegated: false)
    /// Words since the last state opinion of the clause; `Int.max` if none.
    var sinceState = Int.max
    /// Words since the last intensifier of the clause; `Int.max` if none.
    var sinceIntensifier = Int.max
    /// The hash of the word before; 0 at the start of a clause.
    var previousHash: UInt64 = 0
    /// The role of the term before.
    var lastRole = TipSense.Role.filler
    /// The tokens of the term being read.
    var term = 0..<0
    /// Collects conditions for `TipRules.read`; nil where only the judgement counts.
    var notes: TipConditionNotes?

    /// "I", the speaker.
    static let firstPerson = TipToken.hash(of: "i".utf8)

    /// Reads all tokens. Complexity: linear; each token is visited once, plus lookahead bounded by the longest phrase.
    mutating func read(_ tokens: UnsafeBufferPointer<TipToken>, lexicon: TipLexicon) {
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            guard token.kind == .word else {
                breakClause(token)
                index += 1
                continue
            }
            let match = lexicon.match(tokens, at: index)
            let length = match?.length ?? 1
            let sense = match?.sense ?? TipSense.role(.prefix)
            term = index..<(index + length)
            advance(length, isContent: sense.role == .prefix || sense.role == .restriction)
            apply(sense)
            lastRole = sense.role
            previousHash = tokens[index + length - 1].hash
            index += length
        }
        finishClause()
    }

    /// Moves every countdown by the words of one term.
    private mutating func advance(_ length: Int, isContent: Bool) {
        tally.words += length
        clause.words += 1
        negation.advance(isContent: isContent)
        if hypothetical > 0 { hypothetical -= 1 }
        if gain.reach > 0 { gain.reach -= 1 }
        if sinceState < .max { sinceState += 1 }
        if sinceIntensifier < .max { sinceIntensifier += 1 }
    }

    private mutating func apply(_ sense: TipSense) {
        switch sense.role {
        case .prefix: break
        case .filler: noteEndDate(sense)
        case .state: state(sense)
        case .sentiment: sentiment(sense)
        case .negator: negator(sense)
        case .intensifier: intensifier()
        case .hedge: clause.hedge(sense.affirmed)
        case .contrast:
            finishClause()
            clause.marks.insert(.contrast)
        case .concession:
            if clause.hasState { finishClause() }
            clause.marks.insert(.concession)
        case .hypothetical:
            hypothetical = Self.hypotheticalReach
            if clause.works.sum > 0 { clause.marks.insert(.limiter) }
        case .gain: gain = (Self.gainReach, sense, negation.isActive)
        case .payoff: payoff(sense)
        case .limiter, .restriction, .exclusion, .condition: condition(sense)
        case .past: clause.marks.insert(.past)
        case .present: clause.marks.insert(.present)
        case .auxiliary: if clause.words == 1 { clause.marks.insert(.auxiliary) }
        case .subject: subject()
        case .question:
            if clause.words == 1 { isQuestion = true }
        case .why: clause.marks.insert(.why)
        case .alternative: negation.resume()
        case .remainder: clause.marks.insert(.remainder)
        case .conjunction:
            negation.close()
            if clause.words == 1 { clause.words = 0 }
        }
    }
}
