import DealHealthCore
import Testing

@testable import DealHealthServer

@Suite struct ServiceQueueTests {
    private static let millisecond = 1e6

    /// Two workers, a wait of at most 5 ms, and a mean service of so many milliseconds.
    private func queue(meanService: Double) -> ServiceQueue {
        var queue = ServiceQueue(workers: 2, inFlightMin: 0, waitMax: .milliseconds(5))
        #expect(taken(by: &queue, of: 1) == 1)
        queue.end(after: meanService * Self.millisecond)
        #expect(queue.meanService == meanService * Self.millisecond)
        return queue
    }

    /// How many are taken one after the other, none of which ends.
    private func taken(by queue: inout ServiceQueue, of count: Int) -> Int {
        var taken = 0
        for _ in 0..<count where queue.begin() { taken += 1 }
        return taken
    }

    @Test func takesAllAsLongAsNothingIsKnown() {
        var queue = ServiceQueue(workers: 2, inFlightMin: 0, waitMax: .milliseconds(5))
        #expect(taken(by: &queue, of: 1_000) == 1_000)
    }

    /// The fifth would wait for three that are before it, two at a time.
    @Test(arguments: [(4.0, 4), (2.0, 7), (1.0, 12), (0.1, 100)])
    func takesAsManyAsWaitNoLongerThanTheyMay(meanService: Double, count: Int) {
        var queue = queue(meanService: meanService)
        #expect(taken(by: &queue, of: 100) == count)
        #expect(queue.inFlight == count)
    }

    @Test func oneForEachWorkerMayAlwaysWait() {
        var queue = queue(meanService: 60_000)
        #expect(taken(by: &queue, of: 100) == 4)
        queue.end(after: 60_000 * Self.millisecond)
        #expect(taken(by: &queue, of: 2) == 1)
    }

    @Test func aFewAreTakenWhateverTheyTake() {
        var queue = ServiceQueue(workers: 2, inFlightMin: 8, waitMax: .milliseconds(5))
        #expect(taken(by: &queue, of: 1) == 1)
        queue.end(after: 60_000 * Self.millisecond)
        #expect(taken(by: &queue, of: 100) == 8)
    }

    @Test func whatARequestWaitedForOthersIsNotItsService() {
        var queue = ServiceQueue(workers: 2, inFlightMin: 0, waitMax: .milliseconds(5))
        #expect(taken(by: &queue, of: 8) == 8)
        queue.end(after: 8 * Self.millisecond)
        #expect(queue.meanService == 2 * Self.millisecond)
    }

    @Test func theMeanFollowsSlowlyAndRecovers() {
        var queue = queue(meanService: 16)
        #expect(taken(by: &queue, of: 1) == 1)
        queue.end(after: 32 * Self.millisecond)
        #expect(queue.meanService == 17 * Self.millisecond)
        for _ in 0..<200 {
            #expect(taken(by: &queue, of: 1) == 1)
            queue.end(after: 0.1 * Self.millisecond)
        }
        #expect(taken(by: &queue, of: 50) == 50)
    }
}
