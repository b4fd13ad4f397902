import NIOCore
import NIOEmbedded
import Testing

@testable import DealHealthServer

@Suite struct ConnectionProgressTests {
    private func expect(
        _ progress: ConnectionProgress, endsAfter timeout: Duration, since start: NIODeadline?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let start = try #require(start, sourceLocation: sourceLocation)
        #expect(progress.deadline == start + TimeAmount(timeout), sourceLocation: sourceLocation)
    }

    @Test func anIdleConnectionEndsByItsLastActivity() throws {
        let progress = ConnectionProgress()
        try expect(progress, endsAfter: ServerLimits.idleTimeout, since: progress.lastActive)
        let later = NIODeadline.now() + .seconds(5)
        progress.noteActivity(at: later)
        try expect(progress, endsAfter: ServerLimits.idleTimeout, since: later)
    }

    @Test func aHeadEndsByItsFirstByte() throws {
        let progress = ConnectionProgress()
        progress.bytesArrived()
        let first = progress.headSince
        try expect(progress, endsAfter: ServerLimits.requestTimeout, since: first)
        progress.bytesArrived()
        #expect(progress.headSince == first)
        progress.requestBegan()
        #expect(progress.headSince == nil)
    }

    @Test func aBodyEndsByItsBeginning() throws {
        let progress = ConnectionProgress()
        progress.requestBegan()
        let first = progress.bodySince
        try expect(progress, endsAfter: ServerLimits.bodyTimeout, since: first)
        progress.bytesArrived()
        progress.bodyArrived()
        try expect(progress, endsAfter: ServerLimits.bodyTimeout, since: first)
    }

    @Test func anAnswerHasNoDeadlineUnlessThePeerDoesNotRead() throws {
        let progress = ConnectionProgress()
        progress.requestBegan()
        progress.requestEnded()
        #expect(progress.deadline == nil)
        progress.writabilityChanged(false)
        try expect(progress, endsAfter: ServerLimits.outputTimeout, since: progress.blockedSince)
        progress.writabilityChanged(true)
        #expect(progress.deadline == nil)
        progress.answerEnded()
        try expect(progress, endsAfter: ServerLimits.idleTimeout, since: progress.lastActive)
    }

    @Test func onlyTheLastAnswerMakesAConnectionIdle() throws {
        let progress = ConnectionProgress()
        for _ in 0..<2 {
            progress.requestBegan()
            progress.requestEnded()
        }
        progress.answerEnded()
        #expect(progress.deadline == nil)
        progress.answerEnded()
        #expect(progress.deadline != nil)
        // Once more than there were requests.
        progress.answerEnded()
        #expect(progress.requestsInFlight == 0)
    }

    @Test func aWatchEndsTheConnectionWhoseTimeIsUp() throws {
        let channel = EmbeddedChannel()
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        let progress = ConnectionProgress()
        let watch = DeadlineWatch(progress)
        watch.start(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(channel.isActive)
        progress.noteActivity(at: .now() - TimeAmount(ServerLimits.idleTimeout))
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func aWatchThatHasStoppedEndsNothing() throws {
        let channel = EmbeddedChannel()
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        let progress = ConnectionProgress()
        let watch = DeadlineWatch(progress)
        watch.start(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        watch.stop()
        progress.noteActivity(at: .now() - TimeAmount(ServerLimits.idleTimeout))
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(channel.isActive)
    }
}
