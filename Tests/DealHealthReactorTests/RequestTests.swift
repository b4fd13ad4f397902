import DealHealthReactor
import Testing

extension ReactorTests {
    @Suite struct RequestTests {
        @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect()
                let words = (0..<20_000).map { "\($0)" }
                try peer.send(words.map { "echo \($0)\n" }.joined())
                try peer.expect(words.map { "\($0)\n" }.joined())
            }
        }

        /// Answers that end a call of the answerer among such that do not.
        @Test func longAndShortAnswersKeepTheirOrder() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect()
                for round in 0..<20 {
                    try peer.send("echo a\(round)\nbig 30000\necho b\necho c\nbig 7\n")
                    let big = String(decoding: LineAnswerer.big(30_000), as: UTF8.self)
                    try peer.expect("a\(round)\n\(big)b\nc\nbbbbbbb\n")
                }
            }
        }

        @Test func laterAnswersKeepTheirPlace() async throws {
            try await ReactorRig.run(reactorCount: 2) { rig in
                let peers = try (0..<8).map { _ in try rig.connect() }
                let count = 200
                for (index, peer) in peers.enumerated() {
                    let requests = (0..<count).map { "echo a\($0)\nlater b\(index)-\($0)\nlater c\($0)\necho d\($0)\n" }
                    try peer.send(requests.joined())
                    peer.finishSending()
                }
                for (index, peer) in peers.enumerated() {
                    let answers = (0..<count).map { "a\($0)\nb\(index)-\($0)\nc\($0)\nd\($0)\n" }
                    #expect(try peer.receiveAll() == answers.joined())
                }
                rig.expectNoneOpen()
            }
        }

        @Test func requestsMayBeSplitAnywhere() async throws {
            try await ReactorRig.run { rig in
                let request = Array("echo one\nbig 3\necho two\n".utf8)
                let peer = try rig.connect()
                for first in 0..<request.count {
                    try peer.send(Array(request[..<first]))
                    // What came before is answered before the rest comes: the parts are not joined on their way.
                    let before = request[..<first].count(where: { $0 == UInt8(ascii: "\n") })
                    let answers = ["one\n", "bbb\n", "two\n"]
                    try peer.expect(answers[..<before].joined())
                    try peer.send(Array(request[first...]))
                    try peer.expect(answers[before...].joined())
                }
                for byte in request { try peer.send([byte]) }
                try peer.expect("one\nbbb\ntwo\n")
            }
        }

        @Test func aPeerWithTheSmallestBuffersThatReadsByteByByteGetsAll() async throws {
            try await ReactorRig.run { rig in
                let peer = try rig.connect(bufferBytes: 1)
                for byte in Array("echo x\nbig 20000\necho y\n".utf8) { try peer.send([byte]) }
                let expected = Array("x\n".utf8) + LineAnswerer.big(20_000) + Array("y\n".utf8)
                var received: [UInt8] = []
                while received.count < expected.count { received += try peer.receive(1) }
                #expect(received == expected)
            }
        }

        @Test(arguments: [1, 2, 3_000])
        func allRequestsBeforeTheEndOfInputAreAnswered(count: Int) async throws {
            try await ReactorRig.run { rig in
                for _ in 0..<20 {
                    let peer = try rig.connect()
                    try peer.send((0..<count).map { "echo \($0)\n" }.joined())
                    peer.finishSending()
                    #expect(try peer.receiveAll() == (0..<count).map { "\($0)\n" }.joined())
                }
                rig.expectNoneOpen()
                #expect(rig.counters.connectionsHandedOver == 0)
            }
        }

        @Test func anInputThatEndsInARequestIsHandedOverAfterTheAnswers() async throws {
            try await ReactorRig.run { rig in
                for _ in 0..<20 {
                    let peer = try rig.connect()
                    try peer.send("echo a\necho b\nec")
                    peer.finishSending()
                    try peer.expect("a\nb\n")
                    let (other, text) = try #require(try rig.handedOver.next())
                    #expect(text == "ec")
                    // It is open, and its input ended.
                    #expect(other.isEnded())
                    try other.send("c")
                    try peer.expect("c")
                    rig.counters.handedOverConnectionEnded()
                }
                rig.expectNoneOpen()
            }
        }

        @Test func aPeerThatEndsAtOnceOrResetsLeavesNothing() async throws {
            try await ReactorRig.run { rig in
                for round in 0..<300 {
                    let peer = try rig.connect()
                    if round % 3 > 0 { try peer.send("echo \(round)\nbig 100000\nec") }
                    if round % 3 < 2 { try peer.resetOnClose() }
                }
                #expect(rig.eventually { rig.counters.connectionsAccepted == 300 })
                // The end of input within a request hands over.
                while rig.counters.connectionsOpen > 0 {
                    guard let (other, _) = try rig.handedOver.next() else { break }
                    other.end()
                    rig.counters.handedOverConnectionEnded()
                }
                rig.expectNoneOpen()
                try rig.connect().ask("echo x\n", "x\n")
            }
        }
    }
}
