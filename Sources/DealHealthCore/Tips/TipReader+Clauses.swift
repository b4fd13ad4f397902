extension TipReader {
    /// Ends the clause at a break; a question mark drops it.
    mutating func breakClause(_ token: TipToken) {
        if token.kind == .questionBreak {
            isQuestion = true
            finishClause()
        } else {
            let hadOpinion = clause.hasState
            finishClause()
            if hadOpinion { tally.emphasise(token.exclamations) }
        }
        if token.kind != .clauseBreak { isQuestion = false }
    }

    /// Hands the clause to the tally and closes all scopes.
    mutating func finishClause() {
        readEllipsis()
        notes?.finishClause(isAsserted: !isQuestion, statesCondition: clause.statesCondition)
        if isQuestion {
            // "why doesn't it work?" presupposes a failure; any other question asserts nothing.
            if clause.marks.contains(.why), clause.fails.sum > clause.works.sum {
                clause.hedge(60)
                tally.take(clause)
            } else {
                tally.noteQuestion()
            }
        } else {
            tally.take(clause)
        }
        clause = TipClause()
        negation = NegationScope()
        (hypothetical, gain.reach, sinceState, sinceIntensifier) = (0, 0, .max, .max)
        (previousHash, lastRole) = (0, .filler)
    }

    /// Reads a clause that ends in a bare auxiliary or negator: "but it did", "it didn't for me".
    private mutating func readEllipsis() {
        if clause.hasState || isQuestion || hypothetical > 0 { return }
        let sense = negation.negator
        if negation.isActive {
            let isVerbal = sense.flags.contains(.verbal)
            if negation.sawContent, sense.affirmed > -70 { return }
            if isVerbal, negation.isFirstPerson, !sense.flags.contains(.ability) { return }
            if negation.age > NegationScope.ellipsisReach { return }
            clause.marks.insert(.intricate)
            if isVerbal, tally.lastPolarity < 0, clause.marks.contains(.contrast) || sense.affirmed == 0 {
                clause.state(0.6, isDenied: false)
            } else if isVerbal, tally.lastPolarity > 0, sense.affirmed == 0 {
                clause.state(-0.6, isDenied: true)
            } else {
                clause.state(Double(sense.affirmed) / 100, isDenied: true)
            }
        } else if lastRole == .auxiliary, clause.marks.contains(.contrast), tally.lastPolarity < 0 {
            clause.marks.insert(.intricate)
            clause.state(0.7, isDenied: false)
        }
    }
}
