import DealHealthCore
import Synchronization
import Testing

@testable import DealHealthServer

@Suite struct AdmissionTests {
    @Test(arguments: [
        (Duration.zero, [true, true, true, true]),
        (ServerLimits.heavyDelayMax, [true, true, true, true]),
        (ServerLimits.heavyDelayMax + .microseconds(1), [false, true, true, true]),
        (ServerLimits.ingestDelayMax, [false, true, true, true]),
        (ServerLimits.ingestDelayMax + .microseconds(1), [false, false, true, true]),
        (ServerLimits.readDelayMax, [false, false, true, true]),
        (ServerLimits.readDelayMax + .microseconds(1), [false, false, false, true]),
        (.seconds(1_000), [false, false, false, true]),
    ])
    func aStandingDelayTurnsClassesAwayOneAfterTheOther(delay: Duration, isTaken: [Bool]) {
        let admission = Admission(workers: 1) { UInt64(delay.seconds * 1e9) }
        let classes = [RequestClass.heavy, .ingest, .read, .observation]
        #expect(classes.map { admission.begin($0) != nil } == isTaken)
    }

    @Test func aDelayOverAllBoundsIsOne() {
        let admission = Admission(workers: 1) { .max }
        #expect(admission.begin(.read) == nil)
    }

    @Test func eventsAreTakenUpToTheirNumber() {
        let admission = Admission(workers: 1) { 0 }
        var tickets: [Admission.Ticket] = []
        while let ticket = admission.begin(.ingest) { tickets.append(ticket) }
        #expect(tickets.count == ServerLimits.ingestRequests.upperBound)
        #expect(admission.begin(.heavy) != nil && admission.begin(.read) != nil)
        // Of no class that is counted.
        admission.end(.free)
        #expect(admission.begin(.ingest) == nil)
        admission.end(tickets.removeLast())
        #expect(admission.begin(.ingest) != nil && admission.begin(.ingest) == nil)
    }

    @Test func heavyRequestsAreTakenByWhatTheyWouldWait() async throws {
        let admission = Admission(workers: 2) { 0 }
        let first = try #require(admission.begin(.heavy))
        try await Task.sleep(for: ServerLimits.heavyWaitMax * 4)
        admission.end(first)
        var tickets = (0..<100).compactMap { _ in admission.begin(.heavy) }
        #expect(tickets.count == ServerLimits.heavyRequestsMin)
        #expect(admission.begin(.ingest) != nil)
        admission.end(tickets.removeLast())
        #expect(admission.begin(.heavy) != nil && admission.begin(.heavy) == nil)
    }
}
