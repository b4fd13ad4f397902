import DealHealthCore
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import DealHealthServer

@Suite struct SheddingTests {
    @Test func aRequestThatIsTurnedAwayIs503AndTheConnectionGoesOn() throws {
        let rig = try SheddingRig()
        rig.isOverloaded = true
        try rig.receive(.get, "/v1/deals")
        try rig.receiveHead(.post, "/v1/events", [.contentLength: "5"])
        try rig.receiveBody("12345")
        try rig.receiveEnd()
        #expect(rig.passedParts() == 0)
        let answers = try rig.written()
        #expect(answers.count == 2)
        for (head, bodyCount) in answers {
            #expect(head.status == .serviceUnavailable)
            #expect(head.headerFields[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
            #expect(head.headerFields[.connection] == nil)
            #expect(head.headerFields[.contentLength] == "\(bodyCount)" && bodyCount > 0)
        }
        rig.isOverloaded = false
        try rig.receive(.get, "/v1/deals?limit=1")
        #expect(rig.passed() == ["/v1/deals?limit=1"])
        try rig.answer()
        #expect(try rig.written().map(\.head.status) == [.ok])
    }

    /// The answer to HEAD has no body, or the next one would not be found.
    @Test func anAnswerToHeadHasNoBody() throws {
        let rig = try SheddingRig()
        rig.isOverloaded = true
        try rig.receive(.head, "/v1/deals")
        let answers = try rig.written()
        #expect(answers.map(\.head.status) == [.serviceUnavailable])
        #expect(answers.map(\.bodyCount) == [0])
    }

    @Test(
        arguments: [
            [.contentLength: "\(ServerLimits.bodyBytesDrainedMax + 1)"], [.transferEncoding: "chunked"],
            [.contentLength: "5", .expect: "100-continue"], [.connection: "Close"],
        ] as [HTTPFields])
    func theConnectionEndsWhenWhatFollowsIsNotWorthReading(fields: HTTPFields) throws {
        let rig = try SheddingRig()
        rig.isOverloaded = true
        try rig.receiveHead(.post, "/v1/events", fields)
        let answers = try rig.written()
        // And no 100 before it.
        #expect(answers.map(\.head.status) == [.serviceUnavailable])
        #expect(answers.first?.head.headerFields[.connection] == "close")
        rig.isOverloaded = false
        try rig.receiveBody("12345")
        try rig.receiveEnd()
        try rig.receive(.get, "/livez")
        #expect(rig.passedParts() == 0)
        #expect(try rig.written().isEmpty)
        rig.channel.embeddedEventLoop.advanceTime(by: TimeAmount(ServerLimits.lingerTimeout))
        #expect(!rig.channel.isActive)
    }

    @Test func aRequestBehindOthersIsTakenSinceAnswersGoInOrder() throws {
        let rig = try SheddingRig()
        try rig.receive(.get, "/v1/deals?limit=1")
        rig.isOverloaded = true
        try rig.receive(.get, "/v1/deals?limit=2")
        try rig.receive(.get, "/v1/deals?limit=3")
        #expect(rig.passed() == (1...3).map { "/v1/deals?limit=\($0)" })
        #expect(try rig.written().isEmpty)
        for status in [HTTPResponse.Status.ok, .notFound, .accepted] { try rig.answer(status) }
        #expect(try rig.written().map(\.head.status) == [.ok, .notFound, .accepted])
        try rig.receive(.get, "/v1/deals?limit=4")
        #expect(rig.passed().isEmpty)
        #expect(try rig.written().map(\.head.status) == [.serviceUnavailable])
    }

    @Test func observersAreNeverTurnedAway() throws {
        let api = try SheddingRig()
        api.isOverloaded = true
        for path in ["/livez", "/readyz", "/startupz", "/health"] {
            try api.receive(.get, path)
            #expect(api.passed() == [path])
            try api.answer()
        }
        let operations = try SheddingRig(kind: .operations)
        operations.isOverloaded = true
        for path in ["/metrics", "/nothing"] {
            try operations.receive(.get, path)
            #expect(operations.passed() == [path])
            try operations.answer()
        }
    }

    @Test(arguments: [true, false])
    func aPlaceIsGivenBackWithTheAnswerOrTheConnection(isAnswered: Bool) throws {
        let rig = try SheddingRig()
        for _ in 0..<(ServerLimits.ingestRequests.upperBound - 1) { #expect(rig.admission.begin(.ingest) != nil) }
        try rig.receive(.post, "/v1/events")
        #expect(rig.passed() == ["/v1/events"])
        #expect(rig.admission.begin(.ingest) == nil)
        if isAnswered { try rig.answer() } else { rig.close() }
        #expect(rig.admission.begin(.ingest) != nil && rig.admission.begin(.ingest) == nil)
    }
}
