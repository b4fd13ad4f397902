import DealHealthReactor
import Testing

extension ReactorTests {
    @Suite struct HandOverTests {
        @Test func exactlyTheUnreadBytesAreHandedOverAfterTheAnswers() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect()
                try peer.send("echo a\nbig 3\nslow one\necho b\n")
                try peer.expect("a\nbbb\n")
                let (other, text) = try #require(try rig.handedOver.next())
                #expect(text == "slow one\necho b\n")
                // What follows is the new owner's alone.
                try peer.send("echo c\n")
                try other.expect("echo c\n")
                try other.send("answer")
                try peer.expect("answer")
                #expect(rig.counters.connectionsHandedOver == 1)
                #expect(rig.answered.value == 2)
            }
        }

        @Test func aRequestThatArrivesInPartsIsHandedOverWhole() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect()
                let long = "echo \(String(repeating: "x", count: 400))"
                for byte in Array(long.utf8) { try peer.send([byte]) }
                let (other, text) = try #require(try rig.handedOver.next())
                let rest = try other.receive(long.utf8.count - text.utf8.count)
                #expect(text + String(decoding: rest, as: UTF8.self) == long)
            }
        }

        @Test func aHandedOverConnectionKeepsItsPlaceUntilItEnds() async throws {
            var settings = ReactorRig.settings()
            settings.connectionsMax = 2
            try await ReactorRig.run(settings) { rig in
                let peers = [try rig.connect(), try rig.connect()]
                for peer in peers { try peer.send("slow\n") }
                let (first, _) = try #require(try rig.handedOver.next())
                let (second, _) = try #require(try rig.handedOver.next())
                #expect(rig.counters.connectionsOpen == 2)
                #expect(try rig.connect().receiveAll() == "full\n")
                first.end()
                rig.counters.handedOverConnectionEnded()
                try rig.connect().ask("echo x\n", "x\n")
                second.end()
                rig.counters.handedOverConnectionEnded()
                #expect(rig.counters.connectionsRefused == 1)
                rig.expectNoneOpen()
            }
        }

        /// Its descriptor may be closed, and be another's, while the reactors go on.
        @Test func aHandedOverDescriptorIsForgotten() async throws {
            try await ReactorRig.run(reactorCount: 2) { rig in
                for round in 0..<500 {
                    let peer = try rig.connect()
                    try peer.send("echo \(round)\nslow\n")
                    try peer.expect("\(round)\n")
                    let (other, text) = try #require(try rig.handedOver.next())
                    #expect(text == "slow\n")
                    other.end()
                    rig.counters.handedOverConnectionEnded()
                    #expect(peer.isEnded())
                }
                rig.expectNoneOpen()
            }
        }
    }
}
