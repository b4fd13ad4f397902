/// Everything a text has said so far, and the verdict on it.
struct TipTally: Sendable {
    /// Opposite evidence counts this much after "but", and past evidence against present evidence: what stands last,
    /// or is true now, is what the tip means; the rest stays as doubt.
    static let outweighed = 0.25
    /// Earlier sentences against a later opposite one: a slight preference for the last word.
    static let earlier = 0.8
    /// Past evidence with no present evidence against it: "worked last week" is weaker than "works".
    static let pastAlone = 0.65
    /// A condition without another opinion.
    static let conditionAlone = 0.35
    /// A positive opinion under conditions.
    static let conditional = 0.7
    /// Sentiment without a state opinion is at most this: it may be about the shop.
    static let sentimentCeiling = 0.35

    private var works = PooledOpinions()
    private var fails = PooledOpinions()
    private var worked = PooledOpinions()
    private var failed = PooledOpinions()
    private var liked = PooledOpinions()
    private var disliked = PooledOpinions()
    private var hasCondition = false
    private var isUnconditional = false
    private var isIntricate = false
    private var isHedged = false
    private var hasQuestion = false
    private var exclamations = 0
    /// Words of the text; grows with every word.
    var words = 0

    /// The polarity of the last state opinion: 1 works, -1 does not, 0 none yet.
    private(set) var lastPolarity = 0

    /// Takes the opinions of a finished clause.
    mutating func take(_ finished: TipClause) {
        let isCondition = finished.statesCondition
        let clause = finished.marks.contains(.exclusion) ? finished.withoutDenied() : finished
        let marks = clause.marks
        if marks.contains(.remainder) { exceptFailures(for: clause) }
        liked.add(clause.liked, scaledBy: clause.factor)
        disliked.add(clause.disliked, scaledBy: clause.factor)
        if isCondition, clause.fails.sum == 0 { hasCondition = true }
        if marks.contains(.unconditional) { isUnconditional = true }
        guard clause.hasState else { return }
        if marks.contains(.intricate) { isIntricate = true }
        if clause.factor < 0.8 { isHedged = true }
        let factor = marks.contains(.concession) ? clause.factor * Self.outweighed : clause.factor
        if marks.contains(.past), !marks.contains(.present) {
            // Of two that are past, the later one has the last word.
            if clause.works.sum > clause.fails.sum {
                failed.scale(by: Self.earlier)
            } else {
                worked.scale(by: Self.earlier)
            }
            worked.add(clause.works, scaledBy: factor)
            failed.add(clause.fails, scaledBy: factor)
        } else {
            let discount = marks.contains(.contrast) ? Self.outweighed : Self.earlier
            if clause.works.sum > clause.fails.sum {
                fails.scale(by: 1 - (1 - discount) * factor)
                failed.scale(by: 1 - (1 - discount) * factor)
            } else {
                works.scale(by: 1 - (1 - discount) * factor)
                worked.scale(by: 1 - (1 - discount) * factor)
            }
            works.add(clause.works, scaledBy: factor)
            fails.add(clause.fails, scaledBy: factor)
        }
        lastPolarity = clause.works.sum > clause.fails.sum ? 1 : -1
    }

    /// "Doesn't work on shoes, everything else is fine": the failure so far was about an exception.
    private mutating func exceptFailures(for clause: TipClause) {
        let isPositive = clause.works.sum > clause.fails.sum || clause.liked.sum > clause.disliked.sum
        guard isPositive, fails.sum + failed.sum > 0 else { return }
        (fails, failed) = (PooledOpinions(), PooledOpinions())
        hasCondition = true
    }

    /// A question was dropped.
    mutating func noteQuestion() { hasQuestion = true }

    /// Exclamation marks after an opinion: emphasis, at most three count.
    mutating func emphasise(_ count: UInt8) {
        exclamations = min(exclamations + Int(count), 3)
    }

    /// The verdict. O(1).
    var judgement: TipJudgement {
        var positive = works
        var negative = fails
        positive.add(worked, scaledBy: fails.sum > 0 ? Self.outweighed : Self.pastAlone)
        negative.add(failed, scaledBy: works.sum > 0 ? Self.outweighed : Self.pastAlone)
        if positive.sum + negative.sum == 0 { return judgementWithoutState }
        // Sentiment supports its own side and never weighs against the other: it may be about the shop.
        positive.strengthen(liked.pooled * 0.5)
        negative.strengthen(disliked.pooled * 0.5)
        let balance = (positive.sum - negative.sum) / (positive.sum + negative.sum)
        let isWorking = balance > 0
        var winner = isWorking ? positive : negative
        winner.strengthen(0.1 * Double(exclamations))
        let isConditional = isWorking && hasCondition
        var strength = winner.pooled * (isWorking ? balance : -balance)
        if isConditional { strength *= Self.conditional }
        if !isWorking, hasCondition { strength *= Self.earlier }
        if strength < 0.02 { return TipJudgement(works: false, strength: 0, confidence: 0.3, isConditional: false) }
        var confidence = 0.5 + 0.45 * (isWorking ? balance : -balance)
        if isIntricate { confidence *= 0.85 }
        if isHedged { confidence *= 0.85 }
        if isConditional { confidence *= 0.9 }
        if words > 80 { confidence *= 0.85 }  // one opinion in a long story may be about something else
        return TipJudgement(
            works: isWorking, strength: min(strength, 1), confidence: confidence, isConditional: isConditional
        )
    }

    /// The verdict where nothing was said about the state of the deal.
    private var judgementWithoutState: TipJudgement {
        if hasCondition, liked.sum >= disliked.sum {
            return TipJudgement(works: true, strength: Self.conditionAlone, confidence: 0.6, isConditional: true)
        }
        if isUnconditional {
            return TipJudgement(works: true, strength: Self.conditionAlone, confidence: 0.5, isConditional: false)
        }
        let total = liked.sum + disliked.sum
        guard total > 0, liked.sum != disliked.sum else {
            return TipJudgement(works: false, strength: 0, confidence: hasQuestion ? 0.8 : 0.6, isConditional: false)
        }
        let works = liked.sum > disliked.sum
        let balance = (works ? liked.sum - disliked.sum : disliked.sum - liked.sum) / total
        let strength = min((works ? liked : disliked).pooled * 0.5 * balance, Self.sentimentCeiling)
        return TipJudgement(works: works, strength: strength, confidence: 0.2 + 0.2 * balance, isConditional: false)
    }
}
