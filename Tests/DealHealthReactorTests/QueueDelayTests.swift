import Testing

@testable import DealHealthReactor

@Suite struct QueueDelayTests {
    private static let millisecond: UInt64 = 1_000_000

    /// The standing delay in milliseconds after turns, the first of which begins at `start`: each a pause, and its length in
    /// milliseconds.
    private func delay(
        after turns: [(pause: UInt64, length: UInt64)], from start: UInt64 = MonotonicClock.now()
    ) -> UInt64 {
        let delay = QueueDelay()
        var end = start
        for turn in turns {
            let start = end + turn.pause * Self.millisecond
            end = start + turn.length * Self.millisecond
            delay.note(from: start, to: end)
        }
        return delay.nanoseconds / Self.millisecond
    }

    @Test func nothingWaitsAtFirst() {
        #expect(delay(after: []) == 0)
        #expect(delay(after: [(0, 80)]) == 0)
    }

    @Test func theLeastOfAWindowStands() {
        #expect(delay(after: [(0, 1), (0, 80), (0, 80)]) == 80)
        #expect(delay(after: [(0, 1), (0, 30), (0, 2), (0, 40), (0, 50)]) == 2)
        #expect(delay(after: [(0, 1), (0, 30), (0, 2), (0, 90), (0, 70), (0, 60)]) == 60)
    }

    @Test func aPauseShowsThatNothingWaited() {
        #expect(delay(after: [(0, 1), (0, 80), (1, 80)]) == 0)
        #expect(delay(after: [(0, 1), (1, 80), (0, 80), (0, 80), (0, 80)]) == 80)
    }

    @Test func anOpenWindowDoesNotCountYet() {
        #expect(delay(after: [(0, 1), (0, 80), (0, 80), (0, 1)]) == 80)
    }

    @Test func aReactorWithoutWorkHasNoDelay() {
        let start = MonotonicClock.now() - 2_000 * Self.millisecond
        #expect(delay(after: [(0, 1), (0, 80), (0, 80)], from: start) == 0)
    }
}
