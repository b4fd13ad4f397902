import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import DealHealthServer

@Suite struct FastLaneHandlerTests {
    private static let get = "GET /v1/deals/a/health HTTP/1.1\r\nHost: x\r\n\r\n"
    /// Of a type that the fast lane does not take: its body streams into the slow lane.
    private static let post =
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\n12345"
    private static let chunked = "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

    private static func with(_ body: @Sendable @escaping (LaneRig) throws -> Void) async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            _ = try await engine.submit(Samples.test("a"))
            let handle = EngineHandle()
            handle.recovered(engine)
            try run(handle, body)
        }
    }

    private static func run(_ handle: EngineHandle, _ body: (LaneRig) throws -> Void) throws {
        let rig = try LaneRig(handle)
        try body(rig)
        _ = try? rig.channel.finish(acceptAlreadyClosed: true)
    }

    @Test func readsAreAnsweredWithoutTheSlowLane() async throws {
        try await Self.with { rig in
            try rig.receive(Self.get + Self.get + "GET /v1/deals/unknown/health HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try rig.answers() == 3)
            #expect(rig.passed() == "" && rig.completions == 0)
        }
    }

    @Test func aReadInPiecesIsAnsweredOnceItIsWhole() async throws {
        try await Self.with { rig in
            for byte in Self.get.unicodeScalars.dropLast() { try rig.receive(String(byte)) }
            #expect(try rig.answers() == 0)
            try rig.receive("\n")
            #expect(try rig.answers() == 1)
            #expect(rig.passed() == "")
        }
    }

    @Test func whatFollowsASlowRequestWaitsForItsAnswer() async throws {
        try await Self.with { rig in
            try rig.receive(Self.get + Self.post + Self.get + Self.post + Self.get)
            for _ in 0..<2 {
                #expect(try rig.answers() == 1)
                #expect(rig.passed() == Self.post)
                try rig.receive("")
                #expect(try rig.answers() == 0)
                rig.answerSlowly()
            }
            #expect(try rig.answers() == 1)
            #expect(rig.passed() == "")
        }
    }

    @Test func manyDealsInABodyAreAnsweredOnceItIsThere() async throws {
        try await Self.with { rig in
            let body = #"{"deal_ids":["a"]}"#
            let head =
                "POST /v1/deals/health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"
            try rig.receive(Self.get + head)
            #expect(try rig.answers() == 1)
            for byte in body.unicodeScalars.dropLast() { try rig.receive(String(byte)) }
            #expect(try rig.answers() == 0)
            try rig.receive("}" + Self.get)
            #expect(try rig.answers() == 2)
            #expect(rig.passed() == "")
            // Not answered here after all: the whole of it goes to the slow lane.
            let odd = head + #"{"deal_ids":["a"}]"#
            try rig.receive(odd + Self.get)
            #expect(rig.passed() == odd)
        }
    }

    @Test func theLongestReadFitsIntoWhatIsHeld() async throws {
        try await Self.with { rig in
            let body = #"{"deal_ids":["a"]}"#
            let filled = body + String(repeating: " ", count: OrdinaryRequest.bodyBytesMax - body.utf8.count)
            func head(_ padding: Int) -> String {
                "POST /v1/deals/health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                    + "\(filled.utf8.count)\r\nX: \(String(repeating: "v", count: padding))\r\n\r\n"
            }
            let longest = head(OrdinaryRequest.headBytesMax - head(0).utf8.count) + filled
            #expect(longest.utf8.count == FastReads.inputBytesMax)
            try rig.receive(String(longest.dropLast()))
            let before = rig.reads
            rig.requestRead()
            #expect(rig.reads == before + 1)
            try rig.receive(" ")
            #expect(try rig.answers() == 1)
        }
    }

    @Test func afterTheLastAnswerNothingIsAnsweredOrPassedOn() async throws {
        let last = "GET /v1/deals/a/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        try await Self.with { rig in
            try rig.receive(Self.get + last + Self.get + Self.post)
            #expect(try rig.answers() == 2)
            try rig.receive(Self.get + Self.chunked)
            rig.progress.willClose()
            #expect(try rig.answers() == 0)
            #expect(rig.passed() == "" && rig.isOutputClosed && rig.channel.isActive)
            rig.channel.embeddedEventLoop.advanceTime(by: TimeAmount(ServerLimits.lingerTimeout))
            #expect(!rig.channel.isActive)
        }
    }

    @Test func anEarlyAnswerDoesNotEndTheBody() async throws {
        try await Self.with { rig in
            try rig.receive(String(Self.post.dropLast(3)))
            rig.answerSlowly()
            try rig.receive("3")
            // Looks like a request, but it is the body's end and then one.
            try rig.receive("GE" + Self.get)
            #expect(rig.passed() == Self.post.dropLast(2) + "GE")
            #expect(try rig.answers() == 1)
        }
    }

    @Test func anUncertainRequestKeepsTheConnectionSlow() async throws {
        try await Self.with { rig in
            try rig.receive(Self.get + Self.chunked + Self.get)
            #expect(try rig.answers() == 1)
            rig.answerSlowly()
            try rig.receive(Self.get)
            #expect(try rig.answers() == 0)
            #expect(rig.passed() == Self.chunked + Self.get + Self.get)
            #expect(rig.completions > 0)
        }
    }

    @Test func withoutAnEngineEverythingIsSlow() async throws {
        try Self.run(EngineHandle()) { rig in
            try rig.receive(Self.get + Self.get)
            #expect(rig.passed() == Self.get)
            rig.answerSlowly()
            #expect(try rig.passed() == Self.get && rig.answers() == 0)
        }
    }

    /// Those who have not noticed yet that it is not ready are served as before.
    @Test func whileDrainingReadsAreAnswered() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            let handle = EngineHandle()
            handle.recovered(engine)
            handle.beginDraining()
            try Self.run(handle) { rig in
                try rig.receive(Self.get)
                #expect(try rig.passed().isEmpty && rig.answers() == 1)
            }
        }
    }

    @Test func theEndOfInputWaitsForWhatIsHeld() async throws {
        try await Self.with { rig in
            try rig.receive(Self.post + Self.get)
            rig.endInput()
            #expect(!rig.isInputEnded)
            rig.answerSlowly()
            #expect(try rig.answers() == 1)
            #expect(rig.isInputEnded)
        }
        try await Self.with { rig in
            try rig.receive("GET /v1")
            rig.endInput()
            #expect(rig.passed() == "GET /v1" && rig.isInputEnded)
        }
        try await Self.with { rig in
            try rig.receive(String(Self.post.dropLast(1)))
            rig.endInput()
            #expect(rig.passed() == Self.post.dropLast(1) && rig.isInputEnded)
        }
    }

    @Test func readingStopsWhileTooMuchIsHeld() async throws {
        try await Self.with { rig in
            let many = 2_000
            try rig.receive(Self.post + String(repeating: Self.get, count: many))
            let before = rig.reads
            rig.requestRead()
            #expect(rig.reads == before && rig.passed() == Self.post)
            rig.answerSlowly()
            #expect(rig.reads == before + 1)
            #expect(try rig.answers() == many)
        }
    }

    @Test func answeringStopsWhileTheChannelIsNotWritable() async throws {
        try await Self.with { rig in
            rig.channel.isWritable = false
            try rig.receive(Self.get + Self.get)
            rig.endInput()
            #expect(try rig.answers() == 0)
            #expect(!rig.isInputEnded)
            rig.channel.isWritable = true
            rig.channel.pipeline.fireChannelWritabilityChanged()
            #expect(try rig.answers() == 2)
            #expect(rig.isInputEnded)
        }
    }

    @Test func stoppingHandsOverWhatIsHeld() async throws {
        try await Self.with { rig in
            try rig.receive(Self.post + Self.get)
            rig.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            #expect(rig.passed() == Self.post + Self.get)
        }
        try await Self.with { rig in
            try rig.receive(Self.post + Self.get)
            rig.progress.willClose()
            rig.answerSlowly()
            #expect(try rig.passed() == Self.post + Self.get && rig.answers() == 0)
        }
    }

    @Test func idleConnectionsAreClosedAndBusyOnesAreNot() async throws {
        let timeout = TimeAmount(ServerLimits.idleTimeout)
        try await Self.with { rig in
            try rig.receive("GET /v1")
            rig.progress.noteActivity(at: .now() - timeout)
            rig.channel.embeddedEventLoop.advanceTime(by: timeout)
            #expect(!rig.channel.isActive)
        }
        try await Self.with { rig in
            try rig.receive(Self.post)
            rig.progress.requestBegan()
            rig.progress.requestEnded()
            rig.progress.noteActivity(at: .now() - timeout)
            rig.channel.embeddedEventLoop.advanceTime(by: timeout)
            #expect(rig.channel.isActive)
        }
    }
}
