import DealHealthReactor
import Foundation
import Synchronization
import Testing

extension ReactorTests {
    @Suite struct StopTests {
        @Test(arguments: [1, 3])
        func quiescingAnswersWhatHasArrivedAndEndsTheIdle(reactorCount: Int) async throws {
            for _ in 0..<10 {
                try await ReactorRig.run(reactorCount: reactorCount) { rig in
                    let idle = try (0..<6).map { _ in try rig.connect() }
                    for peer in idle { try peer.ask("echo x\n", "x\n") }
                    let busy = try (0..<6).map { _ in try rig.connect() }
                    for peer in busy { try peer.ask("echo x\n", "x\n") }
                    for peer in busy { try peer.send(String(repeating: "echo y\n", count: 500)) }
                    rig.group.quiesce()
                    for peer in busy { #expect(try peer.receiveAll() == String(repeating: "y\n", count: 500)) }
                    for peer in idle { #expect(peer.isEnded()) }
                    rig.expectNoneOpen()
                }
            }
        }

        @Test func aRequestUnderWayIsAnsweredWhileQuiescing() async throws {
            try await ReactorRig.run(reactorCount: 2) { rig in
                let peers = [try rig.connect(), try rig.connect(), try rig.connect(bufferBytes: 1)]
                for peer in peers { try peer.ask("echo a\necho", "a\n") }
                let blocked = try rig.connect(bufferBytes: 1)
                try blocked.send(String(repeating: "big 1000000\n", count: 10))
                #expect(rig.eventually { blocked.hasInput() })
                rig.group.quiesce()
                usleep(100_000)
                for peer in peers {
                    try peer.send(" b\n")
                    #expect(try peer.receiveAll() == "b\n")
                }
                for _ in 0..<10 { #expect(try blocked.receive(1_000_001) == LineAnswerer.big(1_000_000)) }
                #expect(blocked.isEnded())
                rig.expectNoneOpen()
            }
        }

        @Test func aLaterAnswerIsWaitedForWhileQuiescing() async throws {
            for _ in 0..<20 {
                try await ReactorRig.run(reactorCount: 2) { rig in
                    let peers = try (0..<6).map { _ in try rig.connect() }
                    for peer in peers { try peer.ask("echo a\nlat", "a\n") }
                    rig.group.quiesce()
                    for peer in peers { try peer.send("er b\nlater c\n") }
                    for peer in peers { #expect(try peer.receiveAll() == "b\nc\n") }
                    rig.expectNoneOpen()
                }
            }
        }

        @Test func quiescingRefusesNewConnections() async throws {
            try await ReactorRig.run { rig in
                let held = try rig.connect()
                try held.ask("echo a\nec", "a\n")
                rig.group.quiesce()
                #expect(
                    rig.eventually {
                        guard let peer = try? rig.connect() else { return true }
                        return peer.receiveSome(1)?.isEmpty != false
                    })
                try held.ask("ho b\n", "b\n")
            }
        }

        @Test func whoMayNotEndIsEndedByItsTimeouts() async throws {
            var settings = ReactorRig.settings()
            settings.requestTimeout = .milliseconds(300)
            settings.outputTimeout = .milliseconds(300)
            try await ReactorRig.run(settings) { rig in
                let half = try rig.connect()
                try half.ask("echo a\nec", "a\n")
                let deaf = try rig.connect(bufferBytes: 1)
                try deaf.send(String(repeating: "big 1000000\n", count: 20))
                rig.group.quiesce()
                rig.expectNoneOpen()
            }
        }

        /// Requests that come without a pause, whose answers are read, do not put the stop off.
        @Test func aPeerThatNeverPausesDoesNotKeepAGroupFromQuiescing() async throws {
            var settings = ReactorRig.settings()
            settings.requestTimeout = .milliseconds(500)
            settings.idleTimeout = .milliseconds(500)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect()
                let flood = Array(String(repeating: "echo x\n", count: 100_000).utf8)
                let isOver = IsOver()
                let sender = Thread { while !isOver.value, peer.trySend(flood) == flood.count {} }
                let receiver = Thread { while !isOver.value, peer.receiveSome(1 << 20)?.isEmpty == false {} }
                sender.start()
                receiver.start()
                #expect(rig.eventually { rig.answered.value > 1_000 })
                rig.group.quiesce()
                rig.expectNoneOpen()
                isOver.set()
                peer.end()
                #expect(rig.eventually { sender.isFinished && receiver.isFinished })
            }
        }

        @Test(arguments: [1, 3])
        func stoppingEndsAllConnectionsAtOnce(reactorCount: Int) async throws {
            for _ in 0..<5 {
                try await ReactorRig.run(reactorCount: reactorCount) { rig in
                    let peers = try (0..<9).map { _ in try rig.connect() }
                    for peer in peers { try peer.ask("echo a\nec", "a\n") }
                    rig.group.stop()
                    for peer in peers { #expect(peer.receiveSome(1)?.isEmpty != false) }
                    rig.expectNoneOpen()
                }
            }
        }

        @Test func aStopOvertakesAQuiescence() async throws {
            try await ReactorRig.run(reactorCount: 3) { rig in
                let peers = try (0..<9).map { _ in try rig.connect() }
                for peer in peers { try peer.ask("echo a\nec", "a\n") }
                rig.group.quiesce()
                usleep(50_000)
                #expect(rig.counters.connectionsOpen == 9)
                rig.group.stop()
                rig.expectNoneOpen()
            }
        }

        /// Who was accepted while the reactor that was to have it ended gets an end, too.
        @Test func connectionsThatArriveWhileQuiescingAreNotForgotten() async throws {
            for _ in 0..<30 {
                try await ReactorRig.run(reactorCount: 3) { rig in
                    let peers = try (0..<50).map { _ in try rig.connect() }
                    rig.group.quiesce()
                    for peer in peers { #expect(peer.receiveSome(1)?.isEmpty != false) }
                    rig.expectNoneOpen()
                }
            }
        }
    }
}

/// Told by one thread, asked by others.
private final class IsOver: Sendable {
    private let flag = Atomic<Bool>(false)

    var value: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
