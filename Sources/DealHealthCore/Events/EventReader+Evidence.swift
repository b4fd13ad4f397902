extension EventReader {
    /// Checks the fields of the event's own type: whether it is evidence for the deal, and of which mass in [0, 1]
    /// (DESIGN §4).
    @inline(__always)
    mutating func evidence(_ source: EvidenceSource) throws(Refusal) -> (works: Bool, mass: Double) {
        switch source {
        case .automatedTest: try automatedTest()
        case .communityVerification: try communityVerification()
        case .communityTip: try communityTip()
        }
    }

    @inline(__always)
    private func automatedTest() throws(Refusal) -> (works: Bool, mass: Double) {
        let success = try fields.bool(.success, try fields.required(.success))
        _ = try fields.number(.discountValue, try fields.required(.discountValue))
        if let value = fields[.testDuration] {
            guard value.kind == .number, let milliseconds = value.integer, milliseconds >= 0 else {
                throw fields.wrong(.testDuration, "an integer of at least 0 (milliseconds)", value, in: reader)
            }
        }
        try optionalString(.errorMessage)
        try optionalString(.testEnvironment)
        return (success, 1)
    }

    @inline(__always)
    private func communityVerification() throws(Refusal) -> (works: Bool, mass: Double) {
        _ = try fields.string(.verifierID, try fields.required(.verifierID))
        let reputation = try fields.number(
            .verifierReputationScore, try fields.required(.verifierReputationScore), upTo: 100, in: reader)
        let isValid = try fields.bool(.isValid, try fields.required(.isValid))
        try optionalString(.verificationMethod)
        try optionalString(.notes)
        return (isValid, reputation / 100)
    }

    private mutating func communityTip() throws(Refusal) -> (works: Bool, mass: Double) {
        let text = try fields.string(.tipText, try fields.required(.tipText))
        // Unescaping only shortens, so that a short text needs no second look; nothing but "" is 0 bytes long.
        if text.end &- text.start > Limits.tipTextBytesMax || text.end == text.start {
            let count = reader.withValue(of: text) { $0.count }
            guard count >= 1, count <= Limits.tipTextBytesMax else {
                throw wrongLength(.tipText, Limits.tipTextBytesMax, count)
            }
        }
        try optionalString(.userID)
        let reputation = try optionalNumber(.userReputation, upTo: 100)
        let structuredData = fields[.structuredData]
        if let structuredData, structuredData.kind != .object {
            let got = structuredData.kindDescription
            throw Refusal(reason: "`structured_data` must be an object or null, got \(got)")
        }
        let confidenceScore = try optionalNumber(.confidenceScore, upTo: 1)
        let structured = structuredData.flatMap { TipOpinion(structuredData: $0, in: reader) }
        let evidence = structured ?? reader.withValue(of: text) { TipOpinion(text: $0) }
        let mass = evidence.mass(reputation: reputation, confidenceScore: confidenceScore)
        return (evidence.works && mass > 0, mass)
    }

    @inline(__always)
    private func optionalString(_ field: EventField) throws(Refusal) {
        if let value = fields[field] { _ = try fields.string(field, value) }
    }

    @inline(__always)
    private func optionalNumber(_ field: EventField, upTo upperBound: Int) throws(Refusal) -> Double? {
        guard let value = fields[field] else { return nil }
        return try fields.number(field, value, upTo: upperBound, in: reader)
    }
}
