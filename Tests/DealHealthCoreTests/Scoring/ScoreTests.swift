import DealHealthTesting
import Testing

@testable import DealHealthCore

/// A score is what its definition says, for any events in any order, at any time.
struct ScoreTests {
    /// 9999-12-31T23:59:59.999999Z.
    private static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

    @Test func ofRandomEventsInRandomOrderEqualsBruteForce() {
        var generator = SeededGenerator(seed: 600)
        var wrong: [String] = []
        for number in 0..<2_500 {
            let count = Int.random(in: 0...(number % 50 == 0 ? 300 : 40), using: &generator)
            let events = ScoredEvent.randomSet(count: count, using: &generator)
            let settings = number.isMultiple(of: 2) ? ScoringSettings() : .random(using: &generator)
            let time = ScoredEvent.epoch.after(days: .random(in: -10...800, using: &generator))
            let score = Score(folding: events, at: time, settings: settings)
            let expected = BruteForceScore(events, at: time, settings: settings)
            if !isClose(score.healthScore, expected.healthScore) || !isClose(score.confidence, expected.confidence)
                || !isClose(score.lowerBound, expected.lowerBound) || !isClose(score.upperBound, expected.upperBound)
            {
                wrong.append("set \(number): \(score), expected \(expected)")
            }
            if let fault = fault(of: score) { wrong.append("set \(number): \(fault)") }
        }
        #expect(wrong.isEmpty)
    }

    @Test func withoutEvidenceIsTheBaseRateWideAndUnknown() {
        for time in [Timestamp(microseconds: 0), ScoredEvent.epoch, Self.latest] {
            let score = Score(of: DealState(), at: time, settings: ScoringSettings())
            #expect(score.healthScore == 50)
            #expect(score.confidence == 0)
            #expect(score.lowerBound < 10)
            #expect(score.upperBound > 90)
            #expect(score.healthScoreHundredths == 5_000)
        }
    }

    @Test func ofOneFreshPassIsWhatTheFormulaGives() {
        let score = Score(folding: [ScoredEvent(.automatedTest, works: true)], at: ScoredEvent.epoch)
        #expect(isClose(score.healthScore, 100 * 1.1 / 1.6))
        #expect(isClose(score.confidence, 0.6 / 1.6))
        #expect(score.healthScoreHundredths == 6_875)
    }

    @Test func ofAnEvenRecordIsFifty() {
        for source in EvidenceSource.allCases {
            let events = [true, false, true, false].map { ScoredEvent(source, works: $0) }
            #expect(Score(folding: events, at: ScoredEvent.epoch).healthScore == 50)
        }
    }

    @Test func readBeforeTheLatestEventIsAsOfThatEvent() {
        let events = [ScoredEvent(.automatedTest, works: true), ScoredEvent(.communityTip, works: false)]
        let atEvent = Score(folding: events, at: ScoredEvent.epoch)
        #expect(Score(folding: events, at: Timestamp(microseconds: 0)) == atEvent)
        #expect(Score(folding: events, at: ScoredEvent.epoch.after(days: 1)) != atEvent)
    }

    @Test func readDoesNotChangeWithAnEventOfMassZeroAtTheSameTime() {
        let events = [ScoredEvent(.automatedTest, works: true), ScoredEvent(.communityTip, works: false, mass: 0.3)]
        let expected = Score(folding: events, at: ScoredEvent.epoch)
        for source in EvidenceSource.allCases {
            let nothing = ScoredEvent(source, works: false, mass: 0)
            #expect(Score(folding: events + [nothing], at: ScoredEvent.epoch) == expected)
        }
    }

    @Test func ofEventsAtBothEndsOfTimeIsInRange() {
        let first = Timestamp(microseconds: 0)
        let events = [
            ScoredEvent(.automatedTest, works: true, at: first),
            ScoredEvent(.communityTip, works: false, at: Self.latest),
            ScoredEvent(.communityVerification, works: true, at: ScoredEvent.epoch),
        ]
        var settings = ScoringSettings()
        for rate in [1e-300, 1e-9, 0.1, 10] {
            settings.decayRatePerDay = rate
            for order in [events, events.reversed()] {
                for time in [first, ScoredEvent.epoch, Self.latest] {
                    #expect(fault(of: Score(folding: order, at: time, settings: settings)) == nil)
                }
            }
        }
        // At the default rate, what is eight thousand years old has no weight at all.
        let fresh = Score(folding: events, at: Self.latest)
        #expect(fresh == Score(folding: events[1...1], at: Self.latest))
    }

    @Test func ofThousandsOfEventsIsInRange() {
        for works in [true, false] {
            for source in EvidenceSource.allCases {
                let events = repeatElement(ScoredEvent(source, works: works), count: 5_000)
                let score = Score(folding: events, at: ScoredEvent.epoch)
                #expect(fault(of: score) == nil)
                #expect(works ? score.healthScore > 50 : score.healthScore < 50)
            }
        }
    }

    @Test func underSettingsAtTheirEndsIsInRange() {
        var generator = SeededGenerator(seed: 601)
        let events = ScoredEvent.randomSet(count: 30, using: &generator)
        var wrong: [String] = []
        for rate in [1e-12, 10] {
            for weight in [0.0, 1] {
                for cap in [1e-12, .infinity] {
                    for prior in [1e-9, 1_000] {
                        for baseRate in [0.0, 1] {
                            var settings = ScoringSettings()
                            settings.decayRatePerDay = rate
                            settings.automatedTestWeight = weight
                            settings.communityTipCap = cap
                            settings.priorStrength = prior
                            settings.baseRate = baseRate
                            for events in [events, events.filter(\.works), events.filter { !$0.works }, []] {
                                let time = ScoredEvent.epoch.after(days: 800)
                                let score = Score(folding: events, at: time, settings: settings)
                                if let fault = fault(of: score) { wrong.append("\(settings): \(fault)") }
                            }
                        }
                    }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// What breaks the promises of `score`, if anything: 0 <= lower <= score <= upper <= 100 and confidence in [0, 1).
    private func fault(of score: Score) -> String? {
        // NaN fails every comparison.
        let isOrdered =
            0 <= score.lowerBound && score.lowerBound <= score.healthScore && score.healthScore <= score.upperBound
            && score.upperBound <= 100
        let isConfidence = score.confidence >= 0 && score.confidence <= 1
        return isOrdered && isConfidence && score.healthScoreHundredths <= 10_000 ? nil : "out of range: \(score)"
    }
}
