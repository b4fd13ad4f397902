import DealHealthTesting
import Foundation
import Testing

@testable import DealHealthCore

/// What holds of every score, whatever the events.
struct ScorePropertyTests {
    @Test func oneMorePositiveNeverLowersAndOneMoreNegativeNeverRaises() {
        var generator = SeededGenerator(seed: 700)
        var wrong: [String] = []
        for number in 0..<1_000 {
            let events = ScoredEvent.randomSet(count: Int.random(in: 0...40, using: &generator), using: &generator)
            let settings = number.isMultiple(of: 2) ? ScoringSettings() : .random(using: &generator)
            // One read time for both, past all events: an older read is a read of fresher evidence.
            let time = ScoredEvent.epoch.after(days: 731)
            let state = DealState(folding: events, settings: settings)
            let before = Score(of: state, at: time, settings: settings).healthScore
            for works in [true, false] {
                var one = ScoredEvent.random(withinDays: 730, using: &generator)
                one.works = works
                var more = state
                more.fold(one, settings: settings)
                let after = Score(of: more, at: time, settings: settings).healthScore
                if works ? after < before - 1e-9 : after > before + 1e-9 { wrong.append("set \(number): \(one)") }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// F4: a source with capped mass M against all other mass B moves a score by at most M/(B+M).
    @Test func anyNumberOfEventsOfOneSourceMovesAScoreByAtMostItsInfluence() {
        var generator = SeededGenerator(seed: 701)
        var wrong: [String] = []
        for number in 0..<600 {
            let count = Int.random(in: 0...(number % 20 == 0 ? 1_000 : 60), using: &generator)
            let events = ScoredEvent.randomSet(count: count, using: &generator)
            let settings = number.isMultiple(of: 2) ? ScoringSettings() : .random(using: &generator)
            let time = ScoredEvent.epoch.after(days: 731)
            let all = Score(folding: events, at: time, settings: settings).healthScore
            let sums = BruteForceScore(events, at: time, settings: settings)
            for source in EvidenceSource.allCases {
                let others = events.filter { $0.source != source }
                let move = abs(all - Score(folding: others, at: time, settings: settings).healthScore)
                if move > 100 * sums.mass[source]! / sums.total + 1e-9 { wrong.append("set \(number), \(source)") }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func floodOfTipsIsHeldByTheCap() {
        let passes = (0..<10).map { _ in ScoredEvent(.automatedTest, works: true) }
        let flood = repeatElement(ScoredEvent(.communityTip, works: false), count: 5_000)
        let before = Score(folding: passes, at: ScoredEvent.epoch).healthScore
        let after = Score(folding: passes + flood, at: ScoredEvent.epoch).healthScore
        // ω·C = 1 against ten tests of 0.6 and a prior of 1.
        #expect(before - after <= 100 * 1 / (7 + 1))
        #expect(isClose(after, 100 * 6.5 / 8))
        // And once the cap is reached, as many again move nothing.
        let twice = Score(folding: passes + flood + flood, at: ScoredEvent.epoch).healthScore
        #expect(isClose(after, twice))
    }

    @Test func uncappedSourceIsNotScaled() {
        let passes = repeatElement(ScoredEvent(.automatedTest, works: true), count: 1_000)
        #expect(isClose(Score(folding: passes, at: ScoredEvent.epoch).healthScore, 100 * 600.5 / 601))
    }

    /// Holds where no cap bites and no weight exceeds the prior's: a cap releases one source while the others decay.
    @Test func uncappedIntervalWidensAndConfidenceFallsAsEvidenceAges() {
        var generator = SeededGenerator(seed: 702)
        var settings = ScoringSettings()
        settings.communityVerificationCap = .infinity
        settings.communityTipCap = .infinity
        var wrong: [String] = []
        for number in 0..<300 {
            let events = ScoredEvent.randomSet(count: Int.random(in: 1...40, using: &generator), using: &generator)
            let state = DealState(folding: events, settings: settings)
            var last = Score(of: state, at: state.referenceTime, settings: settings)
            for day in [0.01, 0.5, 1, 3, 7, 20, 60, 365, 4_000] {
                let score = Score(of: state, at: state.referenceTime.after(days: day), settings: settings)
                let widens = score.upperBound - score.lowerBound >= last.upperBound - last.lowerBound - 1e-9
                let fades = score.confidence <= last.confidence
                let returns = abs(score.healthScore - 50) <= abs(last.healthScore - 50) + 1e-9
                if !widens || !fades || !returns { wrong.append("set \(number), day \(day)") }
                last = score
            }
        }
        #expect(wrong.isEmpty)
    }

    /// What lets a bound known at one instant stand for others (`Score.boundDriftMax`).
    @Test func boundsMoveByNoMoreThanTheDrift() {
        var generator = SeededGenerator(seed: 703)
        func exponential(_ range: ClosedRange<Double>) -> Double { exp(.random(in: range, using: &generator)) }
        var steepest = 0.0
        for number in 0..<40_000 {
            let settings = number.isMultiple(of: 2) ? ScoringSettings() : .random(using: &generator)
            var state = DealState()
            state.referenceTime = ScoredEvent.epoch
            // Any sums at all, not only those that events of mass 1 can make: the proof asks for no more.
            for source in EvidenceSource.allCases where Bool.random(using: &generator) {
                state[source] = Evidence(
                    positive: exponential(-8...8), negative: exponential(-8...8), squares: exponential(-8...12))
            }
            // From before the reference time, where nothing decays, to where little is left.
            let efold = 1 / settings.decayRatePerDay
            let start = ScoredEvent.epoch.after(days: .random(in: -1...8, using: &generator) * efold)
            let end = start.after(days: exponential(-6...2) * efold)
            let before = Score(of: state, at: start, settings: settings)
            let after = Score(of: state, at: end, settings: settings)
            let efolds = settings.decayRatePerDay * end.days(since: start)
            let lower = abs(after.lowerBound - before.lowerBound) / efolds
            let upper = abs(after.upperBound - before.upperBound) / efolds
            steepest = max(steepest, lower, upper)
        }
        #expect(steepest <= Score.boundDriftMax)
        #expect(steepest > 40, "states that come near what a search finds")
    }

    @Test func dealWithoutNewsReturnsToNoEvidence() {
        let passes = (0..<50).map { _ in ScoredEvent(.automatedTest, works: true) }
        let aged = Score(folding: passes, at: ScoredEvent.epoch.after(days: 3_650))
        let unknown = Score(of: DealState(), at: ScoredEvent.epoch, settings: ScoringSettings())
        #expect(isClose(aged.healthScore, unknown.healthScore))
        #expect(isClose(aged.lowerBound, unknown.lowerBound))
        #expect(isClose(aged.upperBound, unknown.upperBound))
        #expect(aged.confidence < 0.02)
    }

    @Test func moreEvidenceOfOneKindNarrowsTheInterval() {
        var width = Double.infinity
        var state = DealState()
        for _ in 0..<100 {
            state.fold(ScoredEvent(.automatedTest, works: true))
            let score = Score(of: state, at: ScoredEvent.epoch, settings: ScoringSettings())
            #expect(score.upperBound - score.lowerBound < width)
            width = score.upperBound - score.lowerBound
        }
    }
}
