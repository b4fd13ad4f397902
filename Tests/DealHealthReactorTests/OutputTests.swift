import Glibc
import Testing

@testable import DealHealthReactor

extension ReactorTests {
    @Suite struct OutputTests {
        @Test func aPeerThatDoesNotReadIsNotAnsweredAndOthersAre() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect(bufferBytes: 1)
                let request = Array(String(repeating: "big 50000\n", count: 1_000).utf8)
                let sent = peer.sendUntilFull(request)
                // Its input is not read either: it cannot send what it likes.
                #expect(sent < 64 << 20)
                let answered = rig.answered.value
                // What the kernel's buffers take, and no more: a few megabytes.
                #expect(answered < 1_000)
                let other = try rig.connect()
                for round in 0..<100 { try other.ask("echo \(round)\n", "\(round)\n") }
                #expect(rig.answered.value == answered + 100)

                // It gets what it asked for when it reads at last, more than the kernel's buffers hold.
                let requestCount = sent / 10
                let expected = Array(repeating: LineAnswerer.big(50_000), count: min(requestCount, 300))
                for answer in expected { #expect(try peer.receive(answer.count) == answer) }
            }
        }

        /// The last turn reads exactly as much as it can, so that the socket may hold more: it does not, and never tells again.
        @Test func whatWaitsBehindABlockedOutputIsAnsweredWithoutMoreInput() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect()
                // The kernel's window grows with use.
                for _ in 0..<20 {
                    try peer.send(String(repeating: "echo x\n", count: 50_000))
                    try peer.expect(String(repeating: "x\n", count: 50_000))
                }
                let big = "big 16000000\n"
                let last = String(repeating: "echo y\n", count: 10)
                let firstCount = Reactor.readBytes - big.utf8.count - last.utf8.count
                let first = String(repeating: "echo x\n", count: firstCount / 7 - 1)
                let filler = "echo \(String(repeating: "z", count: firstCount - first.utf8.count - 6))\n"
                try peer.send(big)
                waitUntilBlocked(rig)
                try peer.send(first + filler + big + last)
                waitUntilBlocked(rig)
                let answer = LineAnswerer.big(16_000_000)
                #expect(try peer.receive(answer.count) == answer)
                try peer.expect(String(repeating: "x\n", count: firstCount / 7 - 1) + filler.dropFirst(5))
                #expect(try peer.receive(answer.count) == answer)
                try peer.expect(String(repeating: "y\n", count: 10))
            }
        }

        /// The end of input arrives with the requests, so that the socket is readable as long as the connection lasts.
        @Test func requestsBehindABlockedOutputAreAnsweredAfterTheEndOfInput() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect(bufferBytes: 4_096)
                try peer.send(String(repeating: "big 1000000\n", count: 20))
                peer.finishSending()
                waitUntilBlocked(rig)
                let answer = LineAnswerer.big(1_000_000)
                for _ in 0..<20 { #expect(try peer.receive(answer.count) == answer) }
                #expect(peer.isEnded())
                rig.expectNoneOpen()
                #expect(rig.counters.connectionsHandedOver == 0)
            }
        }

        @Test func aHandOverAndAnEndWaitForTheOutput() async throws {
            try await ReactorRig.run { rig in
                for last in ["close", "slow"] {
                    let peer = try rig.connect(bufferBytes: 4_096)
                    try peer.send(String(repeating: "big 4000000\n", count: 10) + "\(last)\nrest")
                    waitUntilBlocked(rig)
                    #expect(rig.counters.connectionsHandedOver == 0)
                    let answer = LineAnswerer.big(4_000_000)
                    for _ in 0..<10 { #expect(try peer.receive(answer.count) == answer) }
                    if last == "slow" {
                        let (other, text) = try #require(try rig.handedOver.next())
                        #expect(text == "slow\nrest")
                        try other.send("done")
                        try peer.expect("done")
                        #expect(rig.counters.connectionsHandedOver == 1)
                        rig.counters.handedOverConnectionEnded()
                    } else {
                        #expect(try peer.receiveAll() == "bye\n")
                        peer.finishSending()
                    }
                    rig.expectNoneOpen()
                }
            }
        }

        @Test func aPeerThatDoesNotReadIsEndedInTime() async throws {
            var settings = ReactorRig.settings()
            settings.outputTimeout = .milliseconds(300)
            try await ReactorRig.run(settings) { rig in
                let peer = try rig.connect(bufferBytes: 1)
                let idle = try rig.connect()
                try peer.send(String(repeating: "big 1000000\n", count: 20))
                #expect(rig.eventually { rig.counters.connectionsEndedByOutputTimeout == 1 })
                #expect(rig.counters.connectionsEndedByRequestTimeout == 0)
                try idle.ask("echo x\n", "x\n")
                #expect(rig.counters.connectionsOpen == 1)
            }
        }
    }
}

/// Waits until the group has stopped answering, whatever the reason.
private func waitUntilBlocked(_ rig: ReactorRig) {
    var answered = -1
    while rig.answered.value != answered {
        answered = rig.answered.value
        usleep(50_000)
    }
}
