/// A log folded twice, side by side: as it was, and as it would have been with other scoring settings.
///
/// Each automated test that is not late is forecast by both before it is folded, so no forecast knows what it is judged by. Alarms are raised
/// anew under the other settings; what new deals began with stays as the log has it.
public struct WhatIf: Sendable {
    /// One way to score.
    public struct Side: Sendable {
        fileprivate var states: [[UInt8]: DealState] = [:]
        fileprivate var settings: ScoringSettings
        /// Of `works_probability`, and of `health_score` as a probability.
        public fileprivate(set) var forecast = ForecastQuality()
        public fileprivate(set) var score = ForecastQuality()
        public fileprivate(set) var alarmCount = 0
    }

    /// A deal that ends differently.
    public struct Change: Sendable {
        public var dealID: String
        public var asWas: Assessment
        public var whatIf: Assessment
    }

    public private(set) var asWas: Side
    public private(set) var whatIf: Side
    private let overrides: @Sendable (inout ScoringSettings) -> Void
    private var latest = Timestamp(microseconds: .min)
    /// The alarm just read: it is before the test that raised it, which has to be forecast without it.
    private var alarm: LogRecord?

    /// - Parameters:
    ///   - settings: in force before the first record.
    ///   - overrides: what is otherwise; applied to whatever settings the log has.
    public init(_ settings: ScoringSettings, overrides: @escaping @Sendable (inout ScoringSettings) -> Void) {
        var changed = settings
        overrides(&changed)
        asWas = Side(settings: settings)
        whatIf = Side(settings: changed)
        self.overrides = overrides
    }

    /// Folds in the next record of the log.
    public mutating func fold(_ record: LogRecord, dealID: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer)
        throws
    {
        switch record.kind {
        case .scoringSettings:
            asWas.settings = try ScoringChange(payload).settings
            whatIf.settings = asWas.settings
            overrides(&whatIf.settings)
        case .alarm:
            asWas.alarmCount += 1
            alarm = record
        case .evidence:
            let id = Array(dealID)
            latest = max(latest, record.time)
            Self.judge(&asWas, id, record)
            Self.judge(&whatIf, id, record)
            if let alarm = alarm.take() { asWas.states[id]?.replay(alarm, settings: asWas.settings) }
            asWas.states[id, default: DealState()].replay(record, settings: asWas.settings)
            foldAnew(record, id)
        }
    }

    private static func judge(_ side: inout Side, _ id: [UInt8], _ record: LogRecord) {
        guard record.kind == .evidence(.automatedTest), let state = side.states[id], record.time >= state.referenceTime
        else { return }
        let assessment = Assessment(of: state, at: record.time, settings: side.settings)
        side.forecast.add(assessment.forecast.worksProbability, works: record.works)
        side.score.add(assessment.score.healthScore / 100, works: record.works)
    }

    /// At positions of its own, two for each record: one for an alarm that the log does not have.
    private mutating func foldAnew(_ record: LogRecord, _ id: [UInt8]) {
        guard case .evidence(let source) = record.kind else { return }
        var before = whatIf.states[id] ?? DealState()
        if record.hasMerchantPrior { before.prior = record.scoreBefore }
        let next = before.following(
            source: source, works: record.works, mass: record.mass, time: record.time, merchantID: record.merchantID,
            lsn: LSN(2 * record.lsn.value - 1), settings: whatIf.settings)
        if next.alarmed != nil { whatIf.alarmCount += 1 }
        whatIf.states[id] = next.state
    }

    /// Deals folded.
    public var dealCount: Int { asWas.states.count }

    /// The deals whose score or forecast differs at the time of the latest event, by at least `points`; most changed first.
    public func changes(atLeast points: Double) -> [Change] {
        let changes = asWas.states.compactMap { id, state -> Change? in
            guard let other = whatIf.states[id] else { return nil }
            let was = Assessment(of: state, at: latest, settings: asWas.settings)
            let would = Assessment(of: other, at: latest, settings: whatIf.settings)
            let change = Change(dealID: String(decoding: id, as: UTF8.self), asWas: was, whatIf: would)
            return max(abs(change.points), abs(change.forecastPoints)) >= points ? change : nil
        }
        return changes.sorted {
            (max(abs($0.points), abs($0.forecastPoints)), $1.dealID) > (
                max(abs($1.points), abs($1.forecastPoints)), $0.dealID
            )
        }
    }
}

extension WhatIf.Change {
    /// By how much the score differs.
    public var points: Double { whatIf.score.healthScore - asWas.score.healthScore }

    /// By how much the forecast differs, in hundredths.
    public var forecastPoints: Double { 100 * (whatIf.forecast.worksProbability - asWas.forecast.worksProbability) }

    /// Whether the word differs.
    public var isFlip: Bool { whatIf.forecast.status != asWas.forecast.status }
}
