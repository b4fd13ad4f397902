// Everything at once, for ThreadSanitizer: writers, duplicates, reads of all kinds, checkpoints, truncation, a disk that is
// full now and then, a graceful stop; and reactors with all that threads do to them. A race ends the run with exit code 66; a wrong count with a trap.

import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import DealHealthWAL
import Foundation

let writerCount = 8
let piecesPerWriter = 25
let eventsPerPiece = 20

/// Runs the load on an engine over `log`.
func hammer(_ log: some EventLog, seed: UInt64) async throws {
    var harness = EngineHarness(log: log)
    harness.settings.recoverySecondsTarget = 0
    harness.settings.logRetention = .seconds(1)
    let clock = harness.clock
    var generator = EventGenerator(seed: seed, dealCount: 100, start: EngineHarness<InMemoryLog>.start)
    let pieces = (0..<writerCount * piecesPerWriter).map { _ in generator.lines(eventsPerPiece) }
    try await harness.run { engine in
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writerCount {
                group.addTask {
                    for piece in pieces[writer * piecesPerWriter..<(writer + 1) * piecesPerWriter] {
                        try await submit(piece, to: engine)
                        clock.advance(by: .seconds(1))
                    }
                }
            }
            group.addTask {
                for round in 0..<200 { try await read(engine, round) }
            }
            try await group.waitForAll()
        }
        let accepted = (0..<100).reduce(0) { $0 + (engine.state("deal-\($1)")?.eventCount ?? 0) }
        precondition(accepted == UInt64(writerCount * piecesPerWriter * eventsPerPiece), "each event counts once")
    }
}

/// Submits until accepted, then once more.
func submit(_ piece: [UInt8], to engine: Engine) async throws {
    while true {
        do {
            _ = try await engine.submit(lines: piece)
            let again = try await engine.submit(lines: piece)
            precondition(again.accepted == 0, "what is acknowledged is remembered")
            return
        } catch let error as EngineError where error.code == .diskFull {
            await Task.yield()
        }
    }
}

/// Every kind of read.
func read(_ engine: Engine, _ round: Int) async throws {
    let deal = "deal-\(round % 100)"
    let before = engine.state(deal)?.eventCount ?? 0
    precondition(engine.state(deal)?.eventCount ?? 0 >= before, "a deal never goes back")
    _ = await engine.list(DealListQuery(asOf: engine.now()))
    _ = try? await engine.history(of: Array(deal.utf8), limit: 5, beforeLSN: nil)
    _ = engine.snapshot()
    _ = engine.digest()
    try? await engine.waitUntilApplied(engine.positions.durable, timeout: .milliseconds(1))
}

for seed in 1...3 as ClosedRange<UInt64> {
    let log = InMemoryLog(seed: seed)
    log.inject { commit in commit % 7 == 3 ? LogError(.diskFull, "ENOSPC") : nil }
    try await hammer(log, seed: seed)

    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("races-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    var random = SeededGenerator(seed: seed)
    var options = LogOptions(verify: LogVerifier.verifyStructure)
    options.mapBytes = 1 << 20
    let durable = try LMDBLog(directory: try DataDirectory(directory.path), options: options, using: &random)
    try await hammer(durable, seed: seed)
    try await hammerReactors()
    print("round \(seed) passed")
}
