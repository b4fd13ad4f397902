import DealHealthReactor
import Foundation
import Glibc
import Testing

extension ReactorTests {
    @Suite struct AcceptTests {
        @Test(arguments: [1, 3])
        func aConnectionOverTheLimitIsToldSo(reactorCount: Int) async throws {
            var settings = ReactorRig.settings()
            settings.connectionsMax = 3
            try await ReactorRig.run(settings, reactorCount: reactorCount) { rig in
                var peers = try (0..<3).map { _ in try rig.connect() }
                for peer in peers { try peer.ask("echo x\n", "x\n") }
                for _ in 0..<10 {
                    let peer = try rig.connect()
                    _ = peer.trySend(Array("echo y\n".utf8))
                    #expect(try peer.receive(5) == Array("full\n".utf8))
                }
                #expect(rig.counters.connectionsRefused == 10)
                #expect(rig.counters.connectionsOpen == 3)
                peers.removeLast()
                #expect(rig.eventually { rig.counters.connectionsOpen == 2 })
                try rig.connect().ask("echo x\n", "x\n")
                #expect(rig.counters.connectionsAccepted == 4)
            }
        }

        @Test func reactorsShareTheConnections() async throws {
            try await ReactorRig.run(reactorCount: 3) { rig in
                let peers = try (0..<60).map { _ in try rig.connect() }
                for round in 0..<20 {
                    for (index, peer) in peers.enumerated() { try peer.send("echo \(index)-\(round)\n") }
                    for (index, peer) in peers.enumerated() { try peer.expect("\(index)-\(round)\n") }
                }
                #expect(rig.counters.connectionsOpen == 60)
            }
        }

        @Test(arguments: [1, 2])
        func thousandsOfShortConnectionsGetTheirOwnAnswers(reactorCount: Int) async throws {
            try await ReactorRig.run(reactorCount: reactorCount) { rig in
                let threadCount = 4
                let perThread = 1_000
                DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
                    for round in 0..<perThread {
                        do {
                            let peer = try rig.connect()
                            // Descriptors are used again at once: an event or an answer of an earlier owner would show.
                            if round % 5 == 4 { try peer.resetOnClose() }
                            try peer.ask("echo \(thread)-\(round)\n", "\(thread)-\(round)\n")
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
                #expect(rig.counters.connectionsAccepted == threadCount * perThread)
                rig.expectNoneOpen()
            }
        }

        @Test func acceptingPausesWithoutDescriptorsAndGoesOnWithThem() async throws {
            try await ReactorRig.run(reactorCount: 2) { rig in
                let before = try rig.connect()
                try before.ask("echo x\n", "x\n")
                let peers = try (0..<5).map { _ in try Peer() }
                try withoutFreeDescriptors {
                    for peer in peers {
                        try peer.connect(port: rig.port)
                        try peer.send("echo y\n")
                    }
                    let start = clock()
                    usleep(700_000)
                    // It waits, and does not try again and again.
                    #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 0.35)
                    #expect(rig.counters.connectionsOpen == 1)
                    for peer in peers { #expect(!peer.hasInput()) }
                    try before.ask("echo x\n", "x\n")
                }
                for peer in peers { try peer.expect("y\n") }
                #expect(rig.counters.connectionsRefused == 0)
            }
        }
    }
}

/// Runs `body` while the process can open nothing more.
private func withoutFreeDescriptors(_ body: () throws -> Void) throws {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    try #require(getrlimit(resource, &limit) == 0)
    let free = dup(0)
    try #require(free >= 0)
    close(free)
    var lowered = limit
    lowered.rlim_cur = rlim_t(free)
    try #require(setrlimit(resource, &lowered) == 0)
    defer { setrlimit(resource, &limit) }
    try body()
}
