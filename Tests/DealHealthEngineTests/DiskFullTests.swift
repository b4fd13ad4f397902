import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Testing

/// Commits that find no room leave no trace, and the next ones go on (P6).
@Suite struct DiskFullTests {
    @Test func refusedEventsCountNeitherNowNorAfterRestartUntilSentAgain() async throws {
        let log = InMemoryLog()
        let harness = EngineHarness(log: log)
        var generator = EventGenerator(seed: 5, dealCount: 40, start: EngineHarness<InMemoryLog>.start)
        let first = generator.lines(500)
        let second = generator.lines(500)
        let digest = try await harness.run { engine in
            _ = try await engine.submit(lines: first)
            let before = engine.digest()
            log.inject { _ in LogError(.diskFull, "ENOSPC") }
            let error = await #expect(throws: EngineError.self) { _ = try await engine.submit(lines: second) }
            #expect(error?.code == .diskFull)
            while engine.refusal != nil { await Task.yield() }
            #expect(engine.digest() == before)
            #expect(engine.positions.assigned == engine.positions.durable)
            log.inject(nil)
            let receipt = try await engine.submit(lines: second)
            #expect(receipt.accepted == 500 && receipt.duplicates == 0)
            return engine.digest()
        }
        let reference = EngineHarness(log: InMemoryLog())
        let expected = try await reference.run { engine in
            _ = try await engine.submit(lines: first)
            _ = try await engine.submit(lines: second)
            return engine.digest()
        }
        #expect(digest == expected)
        #expect(try harness.makeEngine().digest() == expected)
    }

    /// Writers that meet a full disk now and then, send again until acknowledged, and end with each event counted once.
    @Test(arguments: 1...8) func writersOnAFillingDiskLoseAndDoubleNothing(seed: UInt64) async throws {
        let log = InMemoryLog()
        let harness = EngineHarness(log: log)
        log.inject { commit in
            commit > 1 && (UInt64(commit) &* 0x9E37_79B9_7F4A_7C15 &+ seed) >> 61 < 3
                ? LogError(.diskFull, "ENOSPC") : nil
        }
        var generator = EventGenerator(seed: seed, dealCount: 25, start: EngineHarness<InMemoryLog>.start)
        let pieces = (0..<64).map { _ in generator.lines(17) }
        let live = try await harness.run { engine in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for piece in pieces {
                    group.addTask {
                        while true {
                            do {
                                let receipt = try await engine.submit(lines: piece)
                                #expect(receipt.accepted + receipt.duplicates == 17)
                                return
                            } catch let error as EngineError where error.code == .diskFull {
                                await Task.yield()
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            log.inject(nil)
            return engine.digest()
        }
        let recovered = try harness.makeEngine()
        #expect(recovered.digest() == live)
        #expect(log.totalEvents == 64 * 17)
    }
}
