import DealHealthCore
import DealHealthTesting
import Testing

@testable import DealHealthEngine

/// Scoring settings changed while the engine runs.
@Suite struct ScoringChangeTests {
    private typealias Harness = EngineHarness<InMemoryLog>

    private static func lines(_ seed: UInt64) -> [[UInt8]] {
        var generator = EventGenerator(seed: seed, dealCount: 20, start: Harness.start)
        return (0..<4).map { _ in generator.lines(150) }
    }

    /// Live, after a crash, and by replay from the records alone: bit for bit the same.
    @Test func changeIsARecordAndReplayFollowsIt() async throws {
        let harness = Harness(log: InMemoryLog())
        let lines = Self.lines(1)
        let live = try await harness.runUntilCrash { engine in
            _ = try await engine.submit(lines: lines[0])
            let scoring = try await engine.changeScoring { $0.decayRatePerDay = 0.5 }
            #expect(scoring.lsn == LSN(152) && scoring.settings.decayRatePerDay == 0.5)
            #expect(engine.scoring.lsn == scoring.lsn)
            _ = try await engine.submit(lines: lines[1])
            return engine.digest()
        }
        #expect(try harness.makeEngine().digest() == live)
        let plain = Harness(log: InMemoryLog())
        let unchanged = try await plain.run { engine in
            _ = try await engine.submit(lines: lines[0])
            _ = try await engine.submit(lines: lines[1])
            return engine.digest()
        }
        #expect(unchanged != live, "the change changed nothing")
    }

    /// Every event is folded with the settings of its position, whoever runs beside.
    @Test func changesAmongEventsAreFoldedInLogOrder() async throws {
        let harness = Harness(log: InMemoryLog())
        let lines = Self.lines(2)
        let live = try await harness.run { engine in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for piece in lines {
                    group.addTask {
                        for part in piece.split(separator: UInt8(ascii: "\n")) {
                            _ = try await engine.submit(lines: Array(part) + [UInt8(ascii: "\n")])
                        }
                    }
                }
                group.addTask {
                    for number in 1...40 {
                        _ = try await engine.changeScoring { $0.decayRatePerDay = Double(number) / 10 }
                        _ = try await engine.changeScoring { $0.communityTipWeight = Double(number) / 100 }
                    }
                }
                try await group.waitForAll()
            }
            return engine.digest()
        }
        #expect(try harness.log.settingsHistory().count == 80, "the first changes nothing")
        let (byRecords, _) = try StateDigest.replaying(harness.log, usingCheckpoint: false, logger: Harness.logger)
        let (byCheckpoint, _) = try StateDigest.replaying(harness.log, usingCheckpoint: true, logger: Harness.logger)
        #expect(byRecords == live && byCheckpoint == live)
    }

    @Test func outlivesARestartUntilItIsConfiguredOtherwise() async throws {
        var harness = Harness(log: InMemoryLog())
        try await harness.run { _ = try await $0.changeScoring { $0.decayRatePerDay = 0.5 } }
        harness.settings.scoring.communityTipWeight = 0.2
        try await harness.run { engine in
            #expect(engine.scoring.settings.decayRatePerDay == 0.5)
            #expect(engine.scoring.settings.communityTipWeight == 0.2)
        }
        harness.settings.scoring.decayRatePerDay = 0.3
        #expect(try harness.makeEngine().scoring.settings.decayRatePerDay == 0.3)
        harness.settings.scoring.decayRatePerDay = ScoringSettings().decayRatePerDay
        #expect(try harness.makeEngine().scoring.settings.decayRatePerDay == 0.1)
    }

    @Test func sameSettingsWriteNothing() async throws {
        let harness = Harness(log: InMemoryLog())
        try await harness.run { engine in
            let scoring = try await engine.changeScoring { $0.decayRatePerDay = 0.1 }
            #expect(scoring.lsn == LSN(1))
            #expect(engine.positions.assigned == LSN(1))
        }
    }

    @Test func withoutRoomItIsAsIfItHadNeverCome() async throws {
        let log = InMemoryLog()
        let harness = Harness(log: log)
        let lines = Self.lines(3)
        let digest = try await harness.run { engine in
            log.inject { _ in LogError(.diskFull, "ENOSPC") }
            let error = await #expect(throws: EngineError.self) {
                _ = try await engine.changeScoring { $0.decayRatePerDay = 0.5 }
            }
            #expect(error?.code == .diskFull)
            while engine.refusal != nil { await Task.yield() }
            log.inject(nil)
            #expect(engine.scoring.lsn == LSN(1) && engine.scoring.settings.decayRatePerDay == 0.1)
            _ = try await engine.submit(lines: lines[0])
            return engine.digest()
        }
        #expect(try harness.log.settingsHistory().count == 1)
        #expect(try harness.makeEngine().digest() == digest)
    }

    /// What lists know of blocks held under the settings before.
    @Test func listsFollowWithTheNextPage() async throws {
        let rig = ListRig(seed: 50)
        rig.insert(3_000)
        let query = DealListQuery(asOf: ListRig.start)
        _ = await rig.lists.page(query)
        rig.change { $0.priorStrength = 900 }
        #expect(rig.areBoundsTrue(at: ListRig.start))
        let page = await rig.lists.page(query)
        #expect(page.deals.map(\.dealID) == rig.plainScan(query).prefix(query.limit).map(\.dealID))
    }

    /// A list that began before a change leaves no bounds behind that the change breaks.
    @Test func listsInTheMiddleOfAChangeLeaveNoWrongBounds() async throws {
        let rig = ListRig(seed: 51)
        rig.insert(4_000)
        let lists = rig.lists
        var wrong = 0
        for number in 0..<60 {
            async let page = lists.page(DealListQuery(asOf: ListRig.start))
            rig.change { $0.priorStrength = number % 2 == 0 ? 500 : 0.01 }
            _ = await page
            if !rig.areBoundsTrue(at: ListRig.start) { wrong += 1 }
        }
        #expect(wrong == 0)
    }
}
