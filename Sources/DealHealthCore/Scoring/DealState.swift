import RealModule

/// Everything the score needs to know of one deal: fixed size, updated in O(1) by each event.
///
/// The sums of all three sources share one reference time, the time of the latest evidence: `P(t) = P·e^(-λ(t-t*))`
/// holds for any reference time, so one serves all, and a state is 112 bytes in its table. The sums do not depend on the
/// order of arrival beyond rounding (F1 of the scoring notes; classical exponentially decayed sums).
public struct DealState: Sendable, Equatable {
    /// t*: the time of the latest evidence, and what the sums are decayed to. Moves forward only.
    public var referenceTime: Timestamp
    public var automatedTest: Evidence
    public var communityVerification: Evidence
    public var communityTip: Evidence
    /// The merchant that the latest event naming one named.
    public var merchantID: Int64?
    /// What the score begins with, in hundredths of a point, [0, 10000]: the record of the deal's merchant when its first event came; nil
    /// where that had none, for `ScoringSettings.baseRate`.
    public var prior: UInt16?
    /// Events counted, of every source, [0, 2^32): there it stays.
    public var eventCount: UInt64
    /// What automated tests say of whether it is alive.
    public var forecast: ForecastState
    /// Whether the next fall of q is an alarm: one was not raised since q was high.
    public var isAlarmArmed: Bool
    /// The word of the forecast at the latest event, and since when, minutes since 1970; `unknown` before any event.
    public var status: DealStatus
    public var statusMinute: UInt32
    /// The position of the deal's latest event. *Invariant:* grows with every event.
    public var lastLSN: LSN

    /// The state before any event.
    @inlinable
    public init() {
        referenceTime = Timestamp(microseconds: 0)
        automatedTest = Evidence()
        communityVerification = Evidence()
        communityTip = Evidence()
        merchantID = nil
        prior = nil
        eventCount = 0
        forecast = ForecastState()
        isAlarmArmed = true
        status = .unknown
        statusMinute = 0
        lastLSN = .zero
    }

    /// The evidence of one source.
    @inlinable
    public subscript(source: EvidenceSource) -> Evidence {
        get {
            switch source {
            case .automatedTest: automatedTest
            case .communityVerification: communityVerification
            case .communityTip: communityTip
            }
        }
        set {
            switch source {
            case .automatedTest: automatedTest = newValue
            case .communityVerification: communityVerification = newValue
            case .communityTip: communityTip = newValue
            }
        }
    }

    /// Folds in one event; with `raiseAlarm` the only way a state changes, live and on replay alike.
    ///
    /// An event not older than `referenceTime` moves it and scales what was there by `e^(-λ(t-t*))`; a late one is
    /// itself scaled by `e^(-λ(t*-t))`. Deterministic: depends on the arguments only (P3). `lsn` MUST be greater than
    /// `lastLSN`.
    ///
    /// Returns whether it is cause for alarm: by this test, q fell below `ForecastState.alarmBelow` for the first time since it
    /// was at `armedFrom` or above. Only tests can be: an alarm cannot be brought about by the community.
    @discardableResult
    public mutating func apply(
        source: EvidenceSource, works: Bool, mass: Double, time: Timestamp, merchantID: Int64?, lsn: LSN,
        settings: ScoringSettings
    ) -> Bool {
        precondition(lsn > lastLSN, "events of a deal are applied in log order")
        if lastLSN == .zero { referenceTime = time }
        advance(to: time, settings)
        let daysLate = referenceTime.days(since: time)
        self[source].add(
            mass: daysLate > 0 ? mass * settings.decay(from: time, to: referenceTime) : mass, works: works)
        let isAlarming = source == .automatedTest && foldTest(works: works, daysLate: daysLate, settings)
        if let merchantID { self.merchantID = merchantID }
        eventCount = min(eventCount + 1, UInt64(UInt32.max))
        lastLSN = lsn
        updateStatus(settings)
        return isAlarming
    }

    /// What an event does to a deal that is live: the state that an alarm leaves, if the event gives cause for one, and the state after it.
    ///
    /// `lsn` is the event's, or, with an alarm, that one's; then the event has the next.
    public func following(
        source: EvidenceSource, works: Bool, mass: Double, time: Timestamp, merchantID: Int64?, lsn: LSN,
        settings: ScoringSettings
    ) -> (alarmed: DealState?, state: DealState) {
        var state = self
        let isAlarming = state.apply(
            source: source, works: works, mass: mass, time: time, merchantID: merchantID, lsn: lsn, settings: settings)
        guard isAlarming, settings.alarmEvidenceShare < 1 else { return (nil, state) }
        var alarmed = self
        alarmed.raiseAlarm(at: time, share: settings.alarmEvidenceShare, lsn: lsn, settings: settings)
        state = alarmed
        state.apply(
            source: source, works: works, mass: mass, time: time, merchantID: merchantID, lsn: lsn.successor,
            settings: settings)
        return (alarmed, state)
    }

    /// Scales all evidence down to `share` of it, [0, 1], since the deal seems to have died at `time`: what the test that says so brings, and
    /// what comes after, then counts for more. To be followed by that test.
    public mutating func raiseAlarm(at time: Timestamp, share: Double, lsn: LSN, settings: ScoringSettings) {
        precondition(lsn > lastLSN, "events of a deal are applied in log order")
        advance(to: time, settings)
        automatedTest.scale(by: share)
        communityVerification.scale(by: share)
        communityTip.scale(by: share)
        isAlarmArmed = false
        lastLSN = lsn
    }

    /// Moves the reference time to `time`, unless that is earlier.
    private mutating func advance(to time: Timestamp, _ settings: ScoringSettings) {
        if time <= referenceTime { return }
        let decay = settings.decay(from: referenceTime, to: time)
        automatedTest.scale(by: decay)
        communityVerification.scale(by: decay)
        communityTip.scale(by: decay)
        forecast.relax(by: time.days(since: referenceTime), settings)
        referenceTime = time
    }

    private mutating func foldTest(works: Bool, daysLate: Double, _ settings: ScoringSettings) -> Bool {
        let before = forecast.aliveProbability
        forecast.fold(works: works, daysLate: daysLate, settings)
        let after = forecast.aliveProbability
        // Before the fall, not after it: one test may bring q from the one to the other, and must leave the deal disarmed.
        if before >= ForecastState.armedFrom { isAlarmArmed = true }
        let isAlarming =
            isAlarmArmed && before >= ForecastState.alarmBelow && after < ForecastState.alarmBelow
        if isAlarming, settings.alarmEvidenceShare < 1 { isAlarmArmed = false }
        if after >= ForecastState.armedFrom { isAlarmArmed = true }
        return isAlarming
    }

    private mutating func updateStatus(_ settings: ScoringSettings) {
        let probability = Forecast.worksProbability(of: self, at: referenceTime, settings: settings)
        let next = status.next(probability, since: statusMinute, at: referenceTime)
        if next == status { return }
        status = next
        statusMinute = referenceTime.minute
    }
}

extension DealState {
    /// a: what the score begins with, as a probability.
    public func baseRate(_ settings: ScoringSettings) -> Double {
        hasMerchantPrior(settings) ? Double(prior ?? 0) / 10_000 : settings.baseRate
    }

    /// Whether that is its merchant's record.
    public func hasMerchantPrior(_ settings: ScoringSettings) -> Bool {
        prior != nil && settings.merchantPriorStrength < .infinity
    }
}

extension DealState {
    /// What is left at `time` of the mass at the reference time, (0, 1]; a time before that counts as that time.
    func decay(to time: Timestamp, _ settings: ScoringSettings) -> Double {
        time > referenceTime ? settings.decay(from: referenceTime, to: time) : 1
    }
}

extension ScoringSettings {
    /// `e^(-λ(end-start))`, [0, 1]; `end` MUST NOT be before `start`.
    func decay(from start: Timestamp, to end: Timestamp) -> Double {
        end == start ? 1 : Double.exp(-decayRatePerDay * end.days(since: start))
    }
}
