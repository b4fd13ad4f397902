extension TipReader {
    /// A part of a condition; negated, an exclusion is one, and a condition is declared absent.
    mutating func condition(_ sense: TipSense) {
        switch sense.role {
        case .limiter:
            clause.marks.insert(.limiter)
            if clause.denied.sum > 0, lastRole == .state { clause.marks.insert(.exclusion) }  // "not valid unless …"
            note(sense, isDependent: true)
        case .restriction:
            clause.marks.insert(.restriction)
            note(sense, isDependent: true)
        case .exclusion:
            clause.marks.insert(.restriction)
            if clause.denied.sum > 0 || negation.isActive {
                clause.marks.insert(.exclusion)
                negation.use()
            }
            note(sense, isDependent: true)
        default:
            let needsNegation = sense.flags.contains(.needsNegation)
            if needsNegation == negation.isActive {
                clause.marks.insert(.condition)
                note(sense, isDependent: false)
            } else if !needsNegation {
                clause.marks.insert(.unconditional)
            }
            negation.use()
        }
    }

    /// Notes the kind of a term for whoever collects conditions.
    private mutating func note(_ sense: TipSense, isDependent: Bool) {
        guard notes != nil, let kind = sense.conditionKind else { return }
        notes?.note(kind, isDependent: isDependent, term: term)
    }

    /// Notes a term that names the day on which the deal ends: no condition of the judgement, for every deal ends.
    mutating func noteEndDate(_ sense: TipSense) {
        if notes != nil, sense.flags.contains(.endDate) { notes?.note(.endsOn, isDependent: false, term: term) }
    }
}
