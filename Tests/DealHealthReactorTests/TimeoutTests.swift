import DealHealthReactor
import Glibc
import Testing

extension ReactorTests {
    @Suite struct TimeoutTests {
        @Test func aRequestThatDoesNotArriveWholeInTimeIsAnsweredAndTheConnectionEnds() async throws {
            var settings = ReactorRig.settings()
            settings.requestTimeout = .milliseconds(300)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect()
                let idle = try rig.connect()
                try peer.ask("echo a\nech", "a\n")
                #expect(try peer.receiveAll() == "late\n")
                peer.finishSending()
                #expect(rig.eventually { rig.counters.connectionsOpen == 1 })
                #expect(rig.counters.connectionsEndedByRequestTimeout == 1)
                #expect(rig.counters.connectionsEndedByOutputTimeout == 0)
                try idle.ask("echo x\n", "x\n")
            }
        }

        /// A byte now and then does not help.
        @Test func theTimeOfARequestCountsFromItsFirstByte() async throws {
            var settings = ReactorRig.settings()
            settings.requestTimeout = .milliseconds(400)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect()
                for byte in Array("echo \(String(repeating: "x", count: 200))".utf8) {
                    if peer.hasInput(within: 100) { break }
                    try peer.send([byte])
                }
                #expect(try peer.receive(5) == Array("late\n".utf8))
            }
        }

        @Test func anIdleConnectionIsEndedWithoutAWord() async throws {
            var settings = ReactorRig.settings()
            settings.idleTimeout = .milliseconds(300)
            try await ReactorRig.run(settings) { rig in
                let silent = try rig.connect()
                let once = try rig.connect()
                try once.ask("echo x\n", "x\n")
                #expect(silent.isEnded())
                #expect(once.isEnded())
                rig.expectNoneOpen()
                #expect(rig.counters.connectionsEndedByRequestTimeout == 0)
            }
        }

        @Test func aConnectionWithRequestsIsNotIdle() async throws {
            var settings = ReactorRig.settings()
            settings.idleTimeout = .seconds(2)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect()
                for _ in 0..<12 {
                    try peer.ask("echo x\n", "x\n")
                    usleep(300_000)
                }
            }
        }

        /// The answer is read though the peer has sent more than was looked at: no reset overtakes it.
        @Test func aClosedConnectionIsReadOnForAWhile() async throws {
            var settings = ReactorRig.settings()
            settings.lingerTimeout = .seconds(2)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect()
                try peer.send("echo a\nclose\n" + String(repeating: "echo unread\n", count: 10_000))
                #expect(try peer.receiveAll() == "a\nbye\n")
                try peer.send(String(repeating: "x", count: 1 << 20))
                peer.finishSending()
                rig.expectNoneOpen()
                #expect(rig.answered.value == 2)
            }
        }

        /// It neither keeps the connection nor disturbs others.
        @Test func aPeerThatSendsOnAfterTheEndIsCutOff() async throws {
            try await ReactorRig.run { rig in
                let other = try rig.connect()
                for _ in 0..<3 {
                    let peer = try rig.connect()
                    try peer.ask("close\n", "bye\n")
                    let flood = [UInt8](repeating: 0, count: 1 << 20)
                    while peer.trySend(flood) == flood.count {}
                    try other.ask("echo x\n", "x\n")
                }
                #expect(rig.eventually { rig.counters.connectionsOpen == 1 })
                try other.ask("echo x\n", "x\n")
            }
        }
    }
}
