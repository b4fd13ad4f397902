import DealHealthTesting

@testable import DealHealthCore

/// One piece of evidence: an event as far as the score is concerned.
struct ScoredEvent: Sendable, Equatable {
    var source: EvidenceSource
    var works: Bool
    var mass: Double
    var time: Timestamp

    /// 2026-01-01T00:00:00Z, where the tests' events lie unless they say otherwise.
    static let epoch = Timestamp(microseconds: 1_767_225_600_000_000)

    init(_ source: EvidenceSource, works: Bool, mass: Double = 1, at time: Timestamp = epoch) {
        self.source = source
        self.works = works
        self.mass = mass
        self.time = time
    }

    /// An event of any source and outcome in `[epoch, epoch + days]`; one mass in four is 0 or 1.
    static func random(withinDays days: Double, using generator: inout SeededGenerator) -> ScoredEvent {
        let mass: Double =
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: 0
            case 1: 1
            default: .random(in: 0...1, using: &generator)
            }
        return ScoredEvent(
            EvidenceSource.allCases[Int.random(in: 0..<3, using: &generator)], works: .random(using: &generator),
            mass: mass, at: epoch.after(days: .random(in: 0...days, using: &generator)))
    }

    /// `count` events in no order, so that many come late; the span is drawn too: an hour, a week, or two years.
    static func randomSet(count: Int, using generator: inout SeededGenerator) -> [ScoredEvent] {
        let days = [1.0 / 24, 7, 30, 730][Int.random(in: 0..<4, using: &generator)]
        return (0..<count).map { _ in .random(withinDays: days, using: &generator) }
    }
}

extension Timestamp {
    /// The instant `days` later, to the microsecond.
    func after(days: Double) -> Timestamp {
        Timestamp(microseconds: microseconds + Int64(days * 86_400_000_000))
    }
}

extension DealState {
    /// The state after `events` in this order, at LSN 1, 2, …
    init(folding events: some Sequence<ScoredEvent>, settings: ScoringSettings = ScoringSettings()) {
        self.init()
        for event in events { fold(event, settings: settings) }
    }

    /// Applies one more event at the next LSN.
    mutating func fold(_ event: ScoredEvent, settings: ScoringSettings = ScoringSettings()) {
        apply(
            source: event.source, works: event.works, mass: event.mass, time: event.time, merchantID: nil,
            lsn: lastLSN.successor, settings: settings)
    }
}

extension Score {
    /// The score of `events`, read at `time`.
    init(
        folding events: some Sequence<ScoredEvent>, at time: Timestamp, settings: ScoringSettings = ScoringSettings()
    ) {
        self.init(of: DealState(folding: events, settings: settings), at: time, settings: settings)
    }
}

extension ScoringSettings {
    /// Settings drawn from the ranges that operators use; every cap may be infinite.
    static func random(using generator: inout SeededGenerator) -> ScoringSettings {
        func cap() -> Double {
            Bool.random(using: &generator) ? .infinity : .random(in: 0.1...20, using: &generator)
        }
        var settings = ScoringSettings()
        settings.decayRatePerDay = .random(in: 0.001...1, using: &generator)
        settings.automatedTestWeight = .random(in: 0...1, using: &generator)
        settings.communityVerificationWeight = .random(in: 0...1, using: &generator)
        settings.communityTipWeight = .random(in: 0...1, using: &generator)
        settings.automatedTestCap = cap()
        settings.communityVerificationCap = cap()
        settings.communityTipCap = cap()
        settings.priorStrength = .random(in: 0.01...100, using: &generator)
        settings.baseRate = .random(in: 0...1, using: &generator)
        return settings
    }
}
