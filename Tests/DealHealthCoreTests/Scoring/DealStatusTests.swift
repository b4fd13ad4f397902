import Testing

@testable import DealHealthCore

/// The word for a deal follows its forecast, with hysteresis.
struct DealStatusTests {
    private static let day: UInt32 = 1_440

    /// The word before, the forecast, and the word after, long after the last change.
    private static let table: [(before: DealStatus, probability: Double, after: DealStatus)] = [
        (.unknown, 0.7, .healthy), (.unknown, 0.699, .uncertain), (.unknown, 0.3, .uncertain),
        (.unknown, 0.299, .failing), (.unknown, 0.08, .failing), (.unknown, 0.079, .dead),
        (.healthy, 0.5, .healthy), (.healthy, 0.499, .uncertain), (.healthy, 0.299, .failing), (.healthy, 0.05, .dead),
        (.uncertain, 0.699, .uncertain), (.uncertain, 0.7, .healthy), (.uncertain, 0.29, .failing),
        (.failing, 0.599, .failing), (.failing, 0.6, .uncertain), (.failing, 0.7, .healthy), (.failing, 0.07, .dead),
        (.dead, 0.29, .dead), (.dead, 0.3, .failing), (.dead, 0.599, .failing), (.dead, 0.6, .uncertain),
        (.dead, 0.7, .healthy),
    ]

    @Test func followsTheForecast() {
        let time = ScoredEvent.epoch
        for row in Self.table {
            let after = row.before.next(row.probability, since: time.minute - Self.day, at: time)
            #expect(after == row.after, "\(row)")
        }
    }

    @Test func betterWaitsForADayAndWorseDoesNot() {
        let time = ScoredEvent.epoch
        let since = time.minute - Self.day + 1
        #expect(DealStatus.failing.next(0.9, since: since, at: time) == .failing)
        #expect(DealStatus.uncertain.next(0.9, since: since, at: time) == .uncertain)
        #expect(DealStatus.healthy.next(0.01, since: since, at: time) == .dead)
        #expect(DealStatus.unknown.next(0.9, since: since, at: time) == .healthy, "the first word waits for nothing")
    }

    @Test func firstResultsSayHowItGoes() {
        #expect(status(tests: 1, works: true) == .healthy)
        #expect(status(tests: 1, works: false) == .uncertain)
        #expect(status(tests: 2, works: false) == .failing)
        #expect(status(tests: 9, works: false) == .dead)
    }

    /// A tip without a word on its author: reputation 0.5, sure, strong.
    @Test func oneFreshTipIsNoLongerUnknownAndUnknownAgainWhenItAges() {
        let state = DealState(folding: [ScoredEvent(.communityTip, works: true, mass: 0.5)])
        #expect(Self.word(of: state, days: 0) == .uncertain)
        #expect(Self.word(of: state, days: 10) == .unknown)
    }

    @Test func dealWithoutNewsTurnsUnknown() {
        let state = DealState(folding: (0..<10).map { _ in ScoredEvent(.automatedTest, works: true) })
        #expect([0.0, 20, 60].map { Self.word(of: state, days: $0) } == [.healthy, .healthy, .unknown])
    }

    @Test func wordsAreTheWireFormats() {
        let words = [DealStatus.unknown, .healthy, .uncertain, .failing, .dead]
        #expect(words.map(\.rawValue) == ["unknown", "healthy", "uncertain", "failing", "dead"])
        #expect(words.map(\.code) == [0, 1, 2, 3, 4])
        #expect(words.allSatisfy { DealStatus(code: $0.code) == $0 } && DealStatus(code: 5) == nil)
    }

    private func status(tests: Int, works: Bool) -> DealStatus {
        Self.word(
            of: DealState(folding: repeatElement(ScoredEvent(.automatedTest, works: works), count: tests)), days: 0)
    }

    private static func word(of state: DealState, days: Double) -> DealStatus {
        Assessment(of: state, at: ScoredEvent.epoch.after(days: days), settings: ScoringSettings()).forecast.status
    }
}
