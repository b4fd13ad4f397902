import Testing

@testable import DealHealthCore

/// The word for a deal follows from its interval and from how much evidence there is.
struct DealStatusTests {
    /// Confidence, lower and upper bound, and the word.
    private static let table: [(confidence: Double, lower: Double, upper: Double, status: DealStatus)] = [
        (0, 7, 93, .unknown),
        (0.019_999, 90, 95, .unknown),
        (0.019_999, 5, 20, .unknown),
        (0.02, 7, 93, .uncertain),
        (0.5, 50, 90, .healthy),
        (0.5, 49.999, 90, .uncertain),
        (0.5, 50, 50, .healthy),
        (0.5, 10, 50, .failing),
        (0.5, 10, 50.001, .uncertain),
        (0.5, 10, 25.001, .failing),
        (0.5, 10, 25, .dead),
        (0.999, 0, 0.1, .dead),
        (0.999, 99, 100, .healthy),
    ]

    @Test func followsFromConfidenceAndInterval() {
        for row in Self.table {
            var score = Score(of: DealState(), at: ScoredEvent.epoch, settings: ScoringSettings())
            score.confidence = row.confidence
            score.lowerBound = row.lower
            score.upperBound = row.upper
            #expect(score.status == row.status, "\(row)")
        }
    }

    @Test func fifthFreshPassInARowIsHealthy() {
        #expect(status(tests: 1, works: true) == .uncertain)
        #expect(status(tests: 4, works: true) == .uncertain)
        #expect(status(tests: 5, works: true) == .healthy)
    }

    @Test func fifthFreshFailureInARowIsFailingAndThirteenthIsDead() {
        #expect(status(tests: 1, works: false) == .uncertain)
        #expect(status(tests: 4, works: false) == .uncertain)
        #expect(status(tests: 5, works: false) == .failing)
        #expect(status(tests: 12, works: false) == .failing)
        #expect(status(tests: 13, works: false) == .dead)
    }

    /// A tip without a word on its author: reputation 0.5, sure, strong.
    @Test func oneFreshTipIsNoLongerUnknownAndUnknownAgainWhenItAges() {
        let tip = ScoredEvent(.communityTip, works: true, mass: 0.5)
        #expect(Score(folding: [tip], at: ScoredEvent.epoch).status == .uncertain)
        #expect(Score(folding: [tip], at: ScoredEvent.epoch.after(days: 10)).status == .unknown)
    }

    @Test func healthyDealWithoutNewsTurnsUncertainThenUnknown() {
        let passes = (0..<10).map { _ in ScoredEvent(.automatedTest, works: true) }
        let states = [0.0, 20, 100].map { Score(folding: passes, at: ScoredEvent.epoch.after(days: $0)).status }
        #expect(states == [.healthy, .uncertain, .unknown])
    }

    @Test func wordsAreTheWireFormats() {
        let words = [DealStatus.unknown, .healthy, .uncertain, .failing, .dead].map(\.rawValue)
        #expect(words == ["unknown", "healthy", "uncertain", "failing", "dead"])
    }

    private func status(tests: Int, works: Bool) -> DealStatus {
        let events = repeatElement(ScoredEvent(.automatedTest, works: works), count: tests)
        return Score(folding: events, at: ScoredEvent.epoch).status
    }
}
