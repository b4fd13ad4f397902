import DealHealthTesting
import Testing

@testable import DealHealthCore

/// A deal's state follows from its events, and from nothing else.
struct DealStateTests {
    @Test func sumsDoNotDependOnTheOrderOfArrival() {
        var generator = SeededGenerator(seed: 500)
        var wrong: [String] = []
        for number in 0..<200 {
            let count = Int.random(in: 1...150, using: &generator)
            let shuffled = ScoredEvent.randomSet(count: count, using: &generator)
            let sorted = shuffled.sorted { $0.time < $1.time }
            let expected = DealState(folding: sorted)
            for order in [shuffled, sorted.reversed(), shuffled.shuffled(using: &generator)] {
                let state = DealState(folding: order)
                if !areSumsEqual(state, expected) || state.referenceTime != expected.referenceTime {
                    wrong.append("set \(number)")
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func sumsOfThousandsOfEventsDoNotDependOnTheOrderOfArrival() {
        var generator = SeededGenerator(seed: 501)
        let events = (0..<5_000).map { _ in ScoredEvent.random(withinDays: 60, using: &generator) }
        let expected = DealState(folding: events.sorted { $0.time < $1.time })
        #expect(areSumsEqual(DealState(folding: events), expected))
        #expect(expected.eventCount == 5_000)
    }

    @Test func appliedTwiceFromTheSameEventsIsIdentical() {
        var generator = SeededGenerator(seed: 502)
        for _ in 0..<50 {
            let events = ScoredEvent.randomSet(count: 100, using: &generator)
            let settings = ScoringSettings.random(using: &generator)
            #expect(DealState(folding: events, settings: settings) == DealState(folding: events, settings: settings))
        }
    }

    /// Replay from a checkpoint is bit for bit what went on living (P3).
    @Test func continuedFromItsEncodingIsIdentical() throws {
        var generator = SeededGenerator(seed: 503)
        let events = ScoredEvent.randomSet(count: 100, using: &generator)
        let expected = DealState(folding: events)
        for cut in stride(from: 0, through: 100, by: 10) {
            var bytes: [UInt8] = []
            let id = UnsafeRawBufferPointer(start: nil, count: 0)
            DealEntry.encode(DealState(folding: events.prefix(cut)), dealID: id, into: &bytes)
            var state = try bytes.withUnsafeBytes { try DealEntry.decode($0).state }
            for event in events.dropFirst(cut) { state.fold(event) }
            #expect(state == expected)
        }
    }

    @Test func laterEventDecaysWhatWasThere() {
        let halfLife = 6.931_471_805_599_453
        var state = DealState(folding: [ScoredEvent(.automatedTest, works: true)])
        state.fold(ScoredEvent(.communityTip, works: false, mass: 0.5, at: ScoredEvent.epoch.after(days: halfLife)))
        #expect(isClose(state.automatedTest.positive, 0.5))
        #expect(isClose(state.automatedTest.squares, 0.25))
        #expect(state.communityTip == Evidence(positive: 0, negative: 0.5, squares: 0.25))
        #expect(state.referenceTime == ScoredEvent.epoch.after(days: halfLife))
    }

    @Test func lateEventCountsDecayedAndMovesNoTime() {
        let halfLife = 6.931_471_805_599_453
        var state = DealState(folding: [ScoredEvent(.automatedTest, works: true)])
        state.fold(ScoredEvent(.automatedTest, works: false, at: ScoredEvent.epoch.after(days: -halfLife)))
        #expect(state.automatedTest.positive == 1)
        #expect(isClose(state.automatedTest.negative, 0.5))
        #expect(isClose(state.automatedTest.squares, 1.25))
        #expect(state.referenceTime == ScoredEvent.epoch)
        #expect(state.eventCount == 2)
    }

    @Test func firstEventSetsTheReferenceTimeEvenToTheEpoch() {
        let start = Timestamp(microseconds: 0)
        let state = DealState(folding: [ScoredEvent(.automatedTest, works: true, at: start)])
        #expect(state.referenceTime == start)
        #expect(state.automatedTest == Evidence(positive: 1, negative: 0, squares: 1))
    }

    @Test func eventOfMassZeroCountsAndWeighsNothing() {
        let state = DealState(folding: [ScoredEvent(.communityTip, works: true, mass: 0)])
        #expect(state.communityTip == Evidence())
        #expect(state.eventCount == 1)
    }

    @Test func eventWithoutMerchantLeavesTheOneNamedBefore() {
        var state = DealState()
        let merchants: [Int64?] = [nil, 7, nil, -3, nil]
        let expected: [Int64?] = [nil, 7, 7, -3, -3]
        for (index, merchantID) in merchants.enumerated() {
            state.apply(
                source: .automatedTest, works: true, mass: 1, time: ScoredEvent.epoch.after(days: Double(-index)),
                merchantID: merchantID, lsn: LSN(UInt64(10 * index + 1)), settings: ScoringSettings())
            #expect(state.merchantID == expected[index])
            #expect(state.lastLSN == LSN(UInt64(10 * index + 1)))
        }
    }

    /// The log is applied in its order and each record once; anything else is a defect of the engine.
    @Test func eventAtAnLSNNotPastTheLastStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var state = DealState(folding: [ScoredEvent(.automatedTest, works: true)])
            state.apply(
                source: .automatedTest, works: true, mass: 1, time: ScoredEvent.epoch, merchantID: nil,
                lsn: state.lastLSN, settings: ScoringSettings())
        }
    }

    private func areSumsEqual(_ lhs: DealState, _ rhs: DealState) -> Bool {
        EvidenceSource.allCases.allSatisfy { source in
            [\Evidence.positive, \.negative, \.squares].allSatisfy { sum in
                isClose(lhs[source][keyPath: sum], rhs[source][keyPath: sum], relative: 1e-12, absolute: 1e-290)
            }
        }
    }
}
