extension TipReader {
    /// An opinion on the state of the deal: negated, hypothetical, or as it stands.
    mutating func state(_ sense: TipSense) {
        let isNegated = negation.isActive
        var value = isNegated ? sense.negated : sense.affirmed
        if isNegated, sense.flags.contains(.needsAbility), !negation.negator.flags.contains(.ability) { value = 0 }
        if value == 0 { return }
        if negation.isDouble, negation.isPending { clause.marks.insert(.intricate) }
        negation.use()
        if hypothetical > 0 { return }
        if !isNegated { noteEndDate(sense) }
        if sense.flags.contains(.reversal), !isQuestion {
            finishClause()
            clause.marks.insert(.contrast)
        }
        clause.state(Double(value) / 100, isDenied: isNegated)
        if sinceIntensifier <= Self.intensifierReach { strengthen(isWorking: value > 0, by: 0.5) }
        sinceState = 0
    }

    /// A sentiment: an adverb of the opinion beside it, or an opinion of its own.
    mutating func sentiment(_ sense: TipSense) {
        if negation.isEchoing || hypothetical > 0 { return }  // "doesn't work great" has been read already
        let value = negation.isActive ? sense.negated : sense.affirmed
        negation.use()
        // "works great": the sentiment is an adverb of the opinion beside it.
        if sinceState <= Self.intensifierReach { strengthen(isWorking: value > 0, by: 0.8) }
        clause.sentiment(Double(value) / 100)
    }

    /// An intensifier strengthens the opinion just before it now, the one after it later.
    mutating func intensifier() {
        if sinceState <= Self.intensifierReach { strengthen(isWorking: clause.works.sum > clause.fails.sum, by: 0.5) }
        sinceIntensifier = 0
    }

    private mutating func strengthen(isWorking: Bool, by value: Double) {
        if isWorking { clause.works.strengthen(value) } else { clause.fails.strengthen(value) }
    }

    /// A negator opens a scope.
    mutating func negator(_ sense: TipSense) {
        if negation.negator.flags.contains(.determiner), negation.age == 1 { answerNo() }
        if sense.flags.contains(.present) { clause.marks.insert(.present) }
        negation.open(sense, isFirstPerson: previousHash == Self.firstPerson)
    }

    /// A subject: after a leading auxiliary it makes a question, after "no" it makes an answer.
    mutating func subject() {
        if clause.words == 2, clause.marks.contains(.auxiliary) { isQuestion = true }
        if negation.isPending, negation.negator.flags.contains(.determiner), negation.age == 1 { answerNo() }
    }

    /// "No it doesn't": the "no" answers, it does not negate what follows.
    private mutating func answerNo() {
        guard negation.isPending else { return }
        negation.close()
        clause.sentiment(-0.3)
    }

    /// Completes a gain ("got … off"), or is missed by itself ("no discount").
    mutating func payoff(_ sense: TipSense) {
        let isNegated = gain.reach > 0 ? gain.isNegated || negation.isActive : negation.isActive
        if gain.reach > 0 {
            let value = isNegated ? gain.sense.negated : gain.sense.affirmed
            if hypothetical == 0, value != 0 {
                clause.state(Double(value) / 100, isDenied: isNegated)
                sinceState = 0
            }
            gain.reach = 0
        } else if isNegated, sense.negated != 0, hypothetical == 0 {
            clause.state(Double(sense.negated) / 100, isDenied: true)
            return  // the scope goes on: "no discount applied"
        } else {
            return
        }
        negation.use()
    }
}
