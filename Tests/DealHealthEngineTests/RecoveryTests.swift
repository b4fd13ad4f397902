import DealHealthCore
import DealHealthTesting
import Logging
import Testing

@testable import DealHealthEngine

/// Same log, same bits (P3); and never silently wrong (P5).
@Suite struct RecoveryTests {
    @Test func decisionTableRowByRow() {
        typealias Row = (checkpoint: RecoveryDecision.Checkpoint, truncated: UInt64, last: UInt64, expected: String)
        let rows: [Row] = [
            (.none, 0, 0, "replay"),
            (.none, 0, 9, "replay"),
            (.none, 5, 9, "refuse"),
            (.whole(oldest: LSN(4), newest: LSN(6)), 0, 9, "replay"),
            (.whole(oldest: LSN(4), newest: LSN(9)), 4, 9, "replay"),
            (.whole(oldest: LSN(4), newest: LSN(6)), 5, 9, "refuse"),
            (.whole(oldest: LSN(9), newest: LSN(9)), 0, 8, "refuse"),
            (.whole(oldest: LSN(4), newest: LSN(9)), 0, 8, "refuse"),
            (.damaged("x"), 0, 9, "rebuild"),
            (.damaged("x"), 1, 9, "refuse"),
        ]
        for row in rows {
            switch RecoveryDecision.decide(
                checkpoint: row.checkpoint, truncated: LSN(row.truncated), last: LSN(row.last))
            {
            case .replay: #expect(row.expected == "replay", "\(row)")
            case .rebuild: #expect(row.expected == "rebuild", "\(row)")
            case .refuse(let reason):
                #expect(row.expected == "refuse", "\(row)")
                #expect(reason.contains("wal verify"), "the operator is told what to do")
            }
        }
    }

    /// Concurrent writers, checkpoints all the time, a crash; then the digest must be the same from the checkpoint
    /// and the tail, and from the records alone.
    @Test(arguments: 1...10) func digestSurvivesACrashAtAnyCheckpointPosition(seed: UInt64) async throws {
        var harness = EngineHarness(log: InMemoryLog())
        harness.settings.recoverySecondsTarget = 0
        var generator = EventGenerator(seed: seed, dealCount: 200, start: EngineHarness<InMemoryLog>.start)
        let pieces = (0..<40).map { _ in generator.lines(50) }
        let live = try await harness.runUntilCrash { engine in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for piece in pieces {
                    group.addTask {
                        let receipt = try await engine.submit(lines: piece)
                        #expect(receipt.accepted == 50)
                    }
                }
                try await group.waitForAll()
            }
            return engine.digest()
        }
        let log = harness.log
        let byCheckpoint = try StateDigest.replaying(log, usingCheckpoint: true, logger: Logger(label: "test"))
        let byRecords = try StateDigest.replaying(log, usingCheckpoint: false, logger: Logger(label: "test"))
        #expect(byCheckpoint.digest == live)
        #expect(byRecords.digest == live)
        #expect(byRecords.replayedCount == (try log.bounds().last.value))
        #expect(log.totalEvents == 2_000)
        // And on: the same events again change nothing.
        try await harness.run { engine in
            #expect(engine.digest() == live)
            for piece in pieces {
                let receipt = try await engine.submit(lines: piece)
                #expect(receipt.duplicates == 50)
            }
            #expect(engine.digest() == live)
        }
    }

    /// But for alarms, which are raised in the order that the log has: whatever order the shards take concurrent requests in, the log that results gives the state that was served.
    @Test func orderOfArrivalDoesNotChangeTheEvidence() async throws {
        var generator = EventGenerator(seed: 77, dealCount: 5, start: EngineHarness<InMemoryLog>.start)
        let events = (0..<400).map { _ in generator.next() + "\n" }
        var random = SeededGenerator(seed: 1)
        var reference: [DealState] = []
        for round in 0..<5 {
            let order = round == 0 ? events : events.shuffled(using: &random)
            var harness = EngineHarness(log: InMemoryLog())
            harness.settings.scoring = harness.settings.scoring.plain
            let states = try await harness.run { engine in
                _ = try await engine.submit(order.joined())
                return (0..<5).compactMap { engine.state("deal-\($0)") }
            }
            if round == 0 { reference = states }
            for (state, expected) in zip(states, reference) {
                #expect(state.referenceTime == expected.referenceTime)
                for source in EvidenceSource.allCases {
                    let (a, b) = (state[source], expected[source])
                    #expect(abs(a.positive - b.positive) <= 1e-12 * max(1, b.positive))
                    #expect(abs(a.negative - b.negative) <= 1e-12 * max(1, b.negative))
                    #expect(abs(a.squares - b.squares) <= 1e-12 * max(1, b.squares))
                }
            }
        }
    }

    @Test func damagedRecordRefusesTheStartAndNamesItsLSN() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        var generator = EventGenerator(seed: 2, dealCount: 3, start: EngineHarness<InMemoryLog>.start)
        let lines = generator.lines(20)
        try await harness.runUntilCrash { engine in _ = try await engine.submit(lines: lines) }
        for lsn in [1, 2, 13, 21] as [UInt64] {
            harness.log.damageRecord(at: LSN(lsn)) { $0[60] ^= 1 }
            let error = #expect(throws: EngineError.self) { _ = try harness.makeEngine() }
            #expect(error?.code == .refusedToStart)
            #expect(error?.description.contains("LSN \(lsn)") ?? false, "\(String(describing: error))")
            harness.log.damageRecord(at: LSN(lsn)) { $0[60] ^= 1 }
        }
        _ = try harness.makeEngine()
    }

    @Test func damagedCheckpointIsRebuiltFromAWholeLog() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        var generator = EventGenerator(seed: 2, dealCount: 300, start: EngineHarness<InMemoryLog>.start)
        let lines = generator.lines(2_000)
        // A graceful stop checkpoints everything.
        let live = try await harness.run { engine in
            _ = try await engine.submit(lines: lines)
            return engine.digest()
        }
        let partition = Partition(dealID: Array("deal-7".utf8).withUnsafeBytes { UnsafeRawBufferPointer($0) })
        harness.log.damageEntry(of: partition, slot: 0) { $0?[40] ^= 4 }
        #expect(try harness.makeEngine().digest() == live)
        harness.log.damageEntry(of: partition, slot: 0) { $0 = nil }
        #expect(try harness.makeEngine().digest() == live)
    }

    @Test func vanishedTailRefusesTheStart() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        var generator = EventGenerator(seed: 2, dealCount: 300, start: EngineHarness<InMemoryLog>.start)
        let lines = generator.lines(2_000)
        try await harness.run { engine in _ = try await engine.submit(lines: lines) }
        harness.log.dropRecords(after: LSN(1_990))
        let error = #expect(throws: EngineError.self) { _ = try harness.makeEngine() }
        #expect(error?.message.contains("1990") ?? false)
    }

    @Test func changedSettingsAreARecordAndReplayKeepsBothSides() async throws {
        var harness = EngineHarness(log: InMemoryLog())
        harness.settings.scoring = harness.settings.scoring.plain
        var generator = EventGenerator(seed: 2, dealCount: 20, start: EngineHarness<InMemoryLog>.start)
        let (first, second) = (generator.lines(200), generator.lines(200))
        try await harness.runUntilCrash { engine in _ = try await engine.submit(lines: first) }
        harness.settings.scoring.decayRatePerDay = 0.2
        let live = try await harness.runUntilCrash { engine in
            _ = try await engine.submit(lines: second)
            return engine.digest()
        }
        #expect(try harness.makeEngine().digest() == live)
        #expect(harness.log.totalEvents == 400)
        let settings = try harness.log.settingsHistory()
        #expect(settings.map(\.lsn.value) == [1, 202])
    }

    @Test func retentionRemovesOldRecordsButNeverPastTheCheckpoint() async throws {
        var harness = EngineHarness(log: InMemoryLog())
        harness.settings.logRetention = .seconds(3_600)
        harness.settings.recoverySecondsTarget = 0
        var generator = EventGenerator(seed: 4, dealCount: 30, start: EngineHarness<InMemoryLog>.start)
        let (first, second) = (generator.lines(300), generator.lines(300))
        let clock = harness.clock
        let live = try await harness.run { engine in
            _ = try await engine.submit(lines: first)
            clock.advance(by: .seconds(7_200))
            _ = try await engine.submit(lines: second)
            while engine.positions.truncated < LSN(301) { try await Task.sleep(for: .milliseconds(20)) }
            #expect(engine.positions.truncated <= engine.positions.checkpointed)
            return engine.digest()
        }
        #expect(try harness.log.bounds().truncated == LSN(301))
        #expect(try harness.makeEngine().digest() == live)
        try await harness.run { engine in
            // The ids of truncated records are still remembered.
            let again = try await engine.submit(lines: first)
            #expect(again.duplicates == 300)
            #expect(engine.digest() == live)
        }
    }
}
