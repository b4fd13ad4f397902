import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import Testing

@Suite struct EngineTests {
    private func test(_ id: String, deal: String = "d", success: Bool = true, time: String = "2026-05-20T00:00:00Z")
        -> String
    {
        """
        {"type":"AutomatedTestResult","eventId":"\(id)","promotionId":"\(deal)","timestamp":"\(time)",\
        "merchantId":1,"success":\(success),"discountValue":1}

        """
    }

    @Test func acceptedEventIsVisibleWhenAcknowledged() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            let receipt = try await engine.submit(test("a"))
            #expect(receipt.accepted == 1)
            // LSN 1 holds the settings.
            #expect(receipt.lsn == LSN(2))
            #expect(engine.state("d")?.eventCount == 1)
            #expect(engine.positions.applied >= receipt.lsn)
        }
    }

    @Test func sameEventAgainCountsOnce() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        try await harness.run { engine in
            let both = try await engine.submit(test("a") + test("a"))
            #expect(both.accepted == 1 && both.duplicates == 1)
            let again = try await engine.submit(test("a"))
            #expect(again.accepted == 0 && again.duplicates == 1)
            #expect(again.lsn >= both.lsn)
        }
        try await harness.run { engine in
            let afterRestart = try await engine.submit(test("a"))
            #expect(afterRestart.duplicates == 1)
            #expect(engine.state("d")?.eventCount == 1)
        }
    }

    @Test func sameIDWithOtherContentIsAConflictWhateverTheDeal() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            _ = try await engine.submit(test("a"))
            let conflicts = try await engine.submit(test("a", success: false) + test("a", deal: "other"))
            #expect(conflicts.accepted == 0)
            #expect(conflicts.rejected.map(\.index) == [0, 1])
            #expect(conflicts.rejected.allSatisfy { $0.kind == .conflict })
            #expect(engine.state("other") == nil)
        }
    }

    @Test func idIsForgottenAfterItsWindowAndNotBefore() async throws {
        let harness = EngineHarness(log: InMemoryLog())
        try await harness.run { engine in
            _ = try await engine.submit(test("a"))
            harness.clock.advance(by: .seconds(7 * 86_400 - 60))
            #expect(try await engine.submit(test("a")).duplicates == 1)
            harness.clock.advance(by: .seconds(180))
            _ = try await engine.submit(test("b"))
            #expect(try await engine.submit(test("a")).accepted == 1)
        }
    }

    @Test func failedCommitFailsAllWaitersAndEverythingAfter() async throws {
        let log = InMemoryLog()
        let harness = EngineHarness(log: log)
        let failure = await #expect(throws: EngineError.self) {
            try await harness.run { engine in try await submitOnAFailingDisk(engine, log) }
        }
        #expect(failure?.code == .logFailed)
    }

    private func submitOnAFailingDisk(_ engine: Engine, _ log: InMemoryLog) async throws {
        _ = try await engine.submit(test("a"))
        log.inject { _ in LogError(.failed, "EIO") }
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask {
                    await #expect(throws: EngineError.self) { _ = try await engine.submit(test("x\(index)")) }
                }
            }
        }
        // The disk is well again: too late.
        log.inject(nil)
        await #expect(throws: EngineError.self) { _ = try await engine.submit(test("later")) }
        #expect(engine.refusal?.code == .logFailed)
        #expect(engine.state("d")?.eventCount == 1)
    }

    @Test func stuckDiskBoundsWhatIsAdmitted() async throws {
        let log = InMemoryLog()
        let gate = Gate()
        try await EngineHarness(log: log).run { engine in
            _ = try await engine.submit(test("first"))
            log.inject { _ in
                gate.wait()
                return nil
            }
            var generator = EventGenerator(seed: 3, dealCount: 100, start: EngineHarness<InMemoryLog>.start)
            let batches = (0..<60).map { _ in generator.lines(4_000) }
            let refused = await withTaskGroup(of: Bool.self) { group in
                for lines in batches {
                    group.addTask {
                        do {
                            _ = try await engine.submit(lines: lines)
                            return false
                        } catch {
                            return (error as? EngineError)?.code == .overloaded
                        }
                    }
                }
                // The refused ones come back while the disk still hangs.
                var refused = 0
                while refused < 10, await group.next() == true { refused += 1 }
                #expect(engine.snapshot().admittedEvents <= Limits.admittedEventsMax)
                #expect(engine.state("d")?.eventCount == 1)
                gate.open()
                for await wasRefused in group where wasRefused { refused += 1 }
                return refused
            }
            #expect(refused == 60 - Limits.admittedEventsMax / 4_000)
        }
    }

    @Test func waitForPositionEndsWhenAppliedOrAfterItsTime() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            let receipt = try await engine.submit(test("a"))
            try await engine.waitUntilApplied(receipt.lsn, timeout: .seconds(1))
            let error = await #expect(throws: EngineError.self) {
                try await engine.waitUntilApplied(LSN(1_000), timeout: .milliseconds(20))
            }
            #expect(error?.code == .timeout)
            async let waiting: Void = engine.waitUntilApplied(receipt.lsn.successor, timeout: .seconds(10))
            _ = try await engine.submit(test("b"))
            try await waiting
        }
    }

    @Test func historyWalksBackWithScoresAsTheyWere() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            for index in 0..<10 { _ = try await engine.submit(test("e\(index)", success: index % 3 != 0)) }
            _ = try await engine.submit(test("elsewhere", deal: "other"))
            let deal = Array("d".utf8)
            let newest = try #require(try await engine.history(of: deal, limit: 4, beforeLSN: nil))
            #expect(newest.entries.map(\.record.lsn.value) == [11, 10, 9, 8])
            let rest = try #require(
                try await engine.history(of: deal, limit: 100, beforeLSN: newest.nextBeforeLSN))
            #expect(rest.entries.map(\.record.lsn.value) == [7, 6, 5, 4, 3, 2])
            #expect(rest.nextBeforeLSN == nil)
            #expect(rest.entries.last?.record.scoreBefore == 5_000)
            let all = newest.entries + rest.entries
            for (later, earlier) in zip(all, all.dropFirst()) {
                // All events are of one instant: nothing decays between them.
                #expect(later.record.scoreBefore == earlier.record.scoreAfter)
            }
            #expect(try await engine.history(of: Array("nobody".utf8), limit: 1, beforeLSN: nil) == nil)
        }
    }

    @Test func rankedListPagesCoverEachDealOnce() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            var generator = EventGenerator(seed: 9, dealCount: 300, start: EngineHarness<InMemoryLog>.start)
            _ = try await engine.submit(lines: generator.lines(3_000))
            for order in DealListQuery.Order.allCases {
                var query = DealListQuery(asOf: engine.now())
                query.order = order
                query.limit = 37
                var deals: [DealHealth] = []
                repeat {
                    let page = await engine.list(query)
                    deals += page.deals
                    query.after = page.next
                } while query.after != nil
                #expect(deals.count == engine.snapshot().deals)
                #expect(Set(deals.map(\.dealID)).count == deals.count)
                if order == .best {
                    #expect(
                        zip(deals, deals.dropFirst()).allSatisfy {
                            $0.assessment.score.lowerBound >= $1.assessment.score.lowerBound
                        })
                }
            }
            var ofMerchant = DealListQuery(asOf: engine.now())
            ofMerchant.merchantID = 3
            ofMerchant.limit = 1_000
            let page = await engine.list(ofMerchant)
            #expect(!page.deals.isEmpty && page.deals.allSatisfy { $0.state.merchantID == 3 })
        }
    }
    /// What a first page skips is known from earlier lists: it must follow every event since.
    @Test func firstPageFollowsAcknowledgedEvents() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            var generator = EventGenerator(seed: 10, dealCount: 1_000, start: EngineHarness<InMemoryLog>.start)
            for _ in 0..<100 {
                _ = try await engine.submit(lines: generator.lines(20))
                for order in DealListQuery.Order.allCases {
                    var query = DealListQuery(asOf: engine.now())
                    query.order = order
                    query.limit = 5
                    let first = await engine.list(query).deals.map(\.dealID)
                    // Too large a page to skip anything.
                    query.limit = 1_000
                    #expect(await engine.list(query).deals.prefix(5).map(\.dealID) == first)
                }
            }
        }
    }
}
