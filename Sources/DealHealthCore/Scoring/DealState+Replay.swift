extension DealState {
    /// Makes the change again that a record of the deal made; records MUST come in log order, each with the settings of its position.
    public mutating func replay(_ record: LogRecord, settings: ScoringSettings) {
        switch record.kind {
        case .evidence(let source):
            if record.hasMerchantPrior { prior = record.scoreBefore }
            apply(
                source: source, works: record.works, mass: record.mass, time: record.time,
                merchantID: record.merchantID, lsn: record.lsn, settings: settings)
        case .alarm:
            raiseAlarm(at: record.time, share: record.mass, lsn: record.lsn, settings: settings)
        case .scoringSettings:
            preconditionFailure("a settings record is of no deal")
        }
    }
}
