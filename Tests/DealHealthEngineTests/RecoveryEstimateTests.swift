import DealHealthCore
import Testing

@testable import DealHealthEngine

@Suite struct RecoveryEstimateTests {
    static let work = RecoveryWork(pageBytes: 1 << 30, deals: 1_000_000, rememberedEvents: 2_000_000, records: 500_000)
    static let times = RecoveryEstimate.Times(
        opening: .seconds(4), loading: .seconds(3), remembering: .seconds(2), replaying: .seconds(1))

    /// The seconds of `work` beyond those of nothing at all.
    private func cost(of work: RecoveryWork, _ estimate: RecoveryEstimate) -> Double {
        estimate.seconds(of: work) - estimate.seconds(of: RecoveryWork())
    }

    @Test func everyPartCostsWhatItTook() {
        let estimate = RecoveryEstimate(Self.work, Self.times)
        let parts = [
            (RecoveryWork(pageBytes: 2 << 30), 8.0), (RecoveryWork(deals: 2_000_000), 6.0),
            (RecoveryWork(rememberedEvents: 4_000_000), 4.0), (RecoveryWork(records: 1_000_000), 2.0),
        ]
        for (work, expected) in parts { #expect(abs(cost(of: work, estimate) - expected) < 1e-6, "\(work)") }
        #expect(estimate.replaySeconds(records: 1_000_000) == 2)
    }

    @Test func littleWorkTeachesNothing() {
        let little = RecoveryWork(pageBytes: 1 << 20, deals: 100, rememberedEvents: 100, records: 100)
        let estimate = RecoveryEstimate(little, Self.times)
        #expect(cost(of: Self.work, estimate) == cost(of: Self.work, RecoveryEstimate()))
    }

    @Test func whatRemainsGoesAsWhatIsDoneDid() {
        func remaining(_ done: RecoveryWork, _ elapsed: Double) -> Double {
            RecoveryProgress.remainingSeconds(done: done, total: Self.work, elapsed: elapsed)
        }
        let opened = RecoveryWork(pageBytes: Self.work.pageBytes)
        let guess = RecoveryEstimate()
        let expected = guess.seconds(of: Self.work) - guess.seconds(of: opened)
        // On a machine as fast as guessed, on one of half the speed, and at the end.
        #expect(abs(remaining(opened, guess.seconds(of: opened)) - expected) < 1e-6)
        #expect(abs(remaining(opened, 2 * guess.seconds(of: opened)) - 2 * expected) < 1e-6)
        #expect(remaining(Self.work, 9) == 0)
    }

    @Test func nothingIsKnownUntilThePagesAreVerified() {
        let progress = RecoveryProgress()
        #expect(progress.remainingSeconds == nil)
        progress.begin(Self.work)
        progress.loadedPartition(deals: 10)
        progress.remembered(5)
        progress.replayed(3)
        #expect(progress.deals == (10, 1_000_000) && progress.records == (3, 500_000))
        #expect(progress.remainingSeconds ?? -1 > 0)
        // A damaged checkpoint: from the records alone.
        progress.begin(RecoveryWork(pageBytes: 1, records: 900_000))
        #expect(progress.deals == (0, 0) && progress.records == (3, 900_000))
    }
}
