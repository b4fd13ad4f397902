import DealHealthTesting
import Foundation
import Testing

@testable import DealHealthCore

/// The forecast: alive × rate, with the community's shift.
struct ForecastTests {
    // MARK: the model

    private struct Example: Decodable {
        struct Expected: Decodable {
            var eventsApplied: Int
            var t: Double
            var q: Double
            var a: Double
            var b: Double
            var shift: Double
            var worksProbability: Double
        }

        struct Event: Decodable {
            var days: Double
            var source: String
            var works: Bool
            var mass: Double

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                days = try list.decode(Double.self)
                source = try list.decode(String.self)
                works = try list.decode(Bool.self)
                mass = try list.decode(Double.self)
            }

            var scored: ScoredEvent {
                let sources: [String: EvidenceSource] = [
                    "test": .automatedTest, "verification": .communityVerification, "tip": .communityTip,
                ]
                return ScoredEvent(
                    sources[source] ?? .communityTip, works: works, mass: mass,
                    at: ScoredEvent.epoch.after(days: days))
            }
        }

        var name: String
        var events: [Event]
        var expected: [Expected]
    }

    /// The sequences were worked out by another program, from the formulas and in doubles.
    @Test func agreesWithSequencesWorkedOutElsewhere() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "forecast-examples.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let examples = try decoder.decode([Example].self, from: Data(contentsOf: file))
        #expect(examples.count == 10)
        let settings = ScoringSettings()
        for example in examples {
            for expected in example.expected {
                let events = example.events.prefix(expected.eventsApplied).map(\.scored)
                let state = DealState(folding: events)
                let time = ScoredEvent.epoch.after(days: expected.t)
                let days = max(0, time.days(since: state.referenceTime))
                let q = state.forecast.aliveProbability(after: days, settings)
                let shift = Forecast.communityShift(of: state, at: time, settings: settings)
                let answer = Forecast.worksProbability(of: state, at: time, settings: settings)
                // A count is rounded to 2^-10 with each test.
                #expect(abs(q - expected.q) < 1e-3, "\(example.name)")
                #expect(abs(Double(state.forecast.passes) / 1_024 - expected.a) < 0.02, "\(example.name)")
                #expect(abs(Double(state.forecast.failures) / 1_024 - expected.b) < 0.02, "\(example.name)")
                #expect(abs(shift - expected.shift) < 1e-6, "\(example.name)")
                #expect(abs(answer - expected.worksProbability) < 1e-3, "\(example.name)")
            }
        }
    }

    @Test func wordSurvives() {
        var generator = SeededGenerator(seed: 800)
        for _ in 0..<1_000 {
            let word = UInt64.random(in: 0...(.max), using: &generator)
            #expect(ForecastState(word: word).word == word)
        }
    }

    // MARK: properties

    @Test func oneMorePassNeverLowersAndOneMoreFailureNeverRaises() {
        var generator = SeededGenerator(seed: 801)
        var wrong: [String] = []
        for number in 0..<2_000 {
            let events = ScoredEvent.randomSet(count: Int.random(in: 1...60, using: &generator), using: &generator)
            let time = ScoredEvent.epoch.after(days: 731)
            let state = DealState(folding: events)
            let before = Forecast.worksProbability(of: state, at: time, settings: ScoringSettings())
            for works in [true, false] {
                // A late one may move the counts only, and its rounding of q both ways.
                var one = ScoredEvent.random(withinDays: 730, using: &generator)
                one.works = works
                one.time = max(one.time, state.referenceTime)
                var (plain, more) = (state, state)
                plain.raiseAlarm(
                    at: one.time, share: 1, lsn: state.lastLSN.successor, settings: ScoringSettings())
                more.fold(one)
                let reference = Forecast.worksProbability(of: plain, at: time, settings: ScoringSettings())
                let after = Forecast.worksProbability(of: more, at: time, settings: ScoringSettings())
                if works ? after < reference - 1e-3 : after > reference + 1e-3 {
                    wrong.append("set \(number): \(one), \(before) → \(after)")
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    /// The published bound: no set of tips, however many, moves the forecast by more; nor of verifications.
    @Test(arguments: [EvidenceSource.communityTip, .communityVerification])
    func noNumberOfCommunityEventsMovesItByMoreThanItsBound(source: EvidenceSource) {
        var generator = SeededGenerator(seed: 802)
        let bound = source == .communityTip ? 0.0888 : 0.4113
        var greatest = 0.0
        for number in 0..<400 {
            let settings = ScoringSettings()
            var events = ScoredEvent.randomSet(count: Int.random(in: 0...40, using: &generator), using: &generator)
            events.removeAll { $0.source == source }
            let flood = (0..<(number % 10 == 0 ? 5_000 : 50)).map { _ in
                ScoredEvent(
                    source, works: number % 2 == 0, mass: .random(in: 0...1, using: &generator),
                    at: events.map(\.time).max() ?? ScoredEvent.epoch)
            }
            let time = ScoredEvent.epoch.after(days: .random(in: 0...731, using: &generator))
            let without = DealState(folding: events)
            let with = DealState(folding: events + flood)
            let moved = abs(
                Forecast.worksProbability(of: with, at: time, settings: settings)
                    - Forecast.worksProbability(of: without, at: time, settings: settings))
            greatest = max(greatest, moved)
        }
        #expect(greatest <= bound)
        #expect(greatest > bound / 2, "a flood that moves nothing proves nothing")
    }

    @Test func influenceOfZeroLeavesTheCommunityOut() {
        var settings = ScoringSettings()
        settings.verificationInfluence = 0
        settings.tipInfluence = 0
        let flood = repeatElement(ScoredEvent(.communityTip, works: false), count: 100)
        let tests = [ScoredEvent(.automatedTest, works: true)]
        #expect(
            Forecast.worksProbability(
                of: DealState(folding: tests + flood, settings: settings), at: ScoredEvent.epoch, settings: settings)
                == Forecast.worksProbability(
                    of: DealState(folding: tests, settings: settings), at: ScoredEvent.epoch, settings: settings))
    }

    /// What a test a minute late says is what it would have said in time; one that is weeks late says little.
    @Test func lateTestsAreDiscounted() {
        let passes = (0..<20).map {
            ScoredEvent(.automatedTest, works: true, at: ScoredEvent.epoch.after(days: Double($0)))
        }
        func answer(failureAt days: Double) -> Double {
            let late = ScoredEvent(.automatedTest, works: false, at: ScoredEvent.epoch.after(days: days))
            let state = DealState(folding: passes + [late])
            return Forecast.worksProbability(
                of: state, at: ScoredEvent.epoch.after(days: 19), settings: ScoringSettings())
        }
        let without = Forecast.worksProbability(
            of: DealState(folding: passes), at: ScoredEvent.epoch.after(days: 19), settings: ScoringSettings())
        #expect(abs(answer(failureAt: 19 - 1.0 / 1_440) - answer(failureAt: 19)) < 1e-3)
        #expect(without - answer(failureAt: 5) < (without - answer(failureAt: 19)) / 2)
    }

    // MARK: alarms

    /// Applies events as the engine does; the number of alarms.
    private static func alarms(_ events: [ScoredEvent]) -> (count: Int, state: DealState) {
        var state = DealState()
        var count = 0
        for event in events {
            let before = state
            let isAlarming = state.apply(
                source: event.source, works: event.works, mass: event.mass, time: event.time, merchantID: nil,
                lsn: state.lastLSN.successor, settings: ScoringSettings())
            if !isAlarming { continue }
            count += 1
            state = before
            state.raiseAlarm(
                at: event.time, share: 0.1, lsn: state.lastLSN.successor, settings: ScoringSettings())
            state.fold(event)
        }
        return (count, state)
    }

    private static func tests(_ results: [Bool]) -> [ScoredEvent] {
        results.enumerated().map {
            ScoredEvent(.automatedTest, works: $0.element, at: ScoredEvent.epoch.after(days: Double($0.offset)))
        }
    }

    @Test func deathIsOneAlarmAndRevivalArmsItAgain() {
        let alive = Array(repeating: true, count: 20)
        let dead = Array(repeating: false, count: 10)
        #expect(Self.alarms(Self.tests(alive)).count == 0)
        #expect(Self.alarms(Self.tests(alive + dead)).count == 1)
        #expect(Self.alarms(Self.tests(alive + dead + [true] + dead)).count == 1, "one pass is not a revival")
        #expect(Self.alarms(Self.tests(alive + dead + alive + dead)).count == 2)
    }

    /// After a long silence q is near an even chance, so that one failure of a deal that always passed is enough for the fall.
    @Test func fallInOneTestIsOneAlarm() {
        let long = Array(repeating: true, count: 300)
        let silence = 90.0
        var events = Self.tests(long)
        for day in 0..<3 {
            events.append(
                ScoredEvent(
                    .automatedTest, works: false, at: ScoredEvent.epoch.after(days: 299 + silence + Double(day))))
        }
        let last = DealState(folding: Self.tests(long))
        let q = last.forecast.aliveProbability(after: silence, ScoringSettings())
        #expect(q > ForecastState.armedFrom && q < 0.6, "the test would prove nothing")
        #expect(Self.alarms(events).count == 1)
    }

    @Test func communityRaisesNoAlarm() {
        let start = ScoredEvent.epoch.after(days: 21)
        let flood = [EvidenceSource.communityTip, .communityVerification].flatMap { source in
            repeatElement(ScoredEvent(source, works: false, at: start), count: 1_000)
        }
        #expect(Self.alarms(Self.tests(Array(repeating: true, count: 20)) + flood).count == 0)
    }

    @Test func alarmMakesTheScoreFollow() {
        let results = Array(repeating: true, count: 40) + Array(repeating: false, count: 6)
        let (count, state) = Self.alarms(Self.tests(results))
        let time = state.referenceTime
        let with = Score(of: state, at: time, settings: ScoringSettings()).healthScore
        let without = Score(folding: Self.tests(results), at: time).healthScore
        #expect(count == 1 && with < without - 15, "\(with) \(without)")
    }
}
