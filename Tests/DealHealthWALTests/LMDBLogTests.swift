import DealHealthCore
import DealHealthEngine
import DealHealthTesting
import DealHealthWAL
import Foundation
import Logging
import Testing

@Suite struct LMDBLogTests {
    static func options(mapBytes: Int = 64 << 20) -> LogOptions {
        var options = LogOptions(verify: LogVerifier.verifyStructure)
        options.mapBytes = mapBytes
        return options
    }

    static func open(_ directory: TemporaryDirectory, mapBytes: Int = 64 << 20) throws(LogError) -> LMDBLog {
        var random = SeededGenerator(seed: 7)
        let data = try DataDirectory(directory.path)
        return try LMDBLog(directory: data, options: options(mapBytes: mapBytes), using: &random)
    }

    /// Opens a log that an engine of this process has just closed: its commit thread may hold it for a moment more.
    static func reopen(_ directory: TemporaryDirectory, mapBytes: Int = 64 << 20) async throws -> LMDBLog {
        for _ in 0..<1_000 {
            do {
                return try open(directory, mapBytes: mapBytes)
            } catch {
                guard error.message.contains("in use by another process") else { throw error }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        return try open(directory, mapBytes: mapBytes)
    }

    /// Runs an engine on the log in `directory`, submits, and returns the digest it served.
    static func submit(
        _ lines: [UInt8], to directory: TemporaryDirectory, checkpointing: Bool = false, mapBytes: Int = 64 << 20
    ) async throws -> StateDigest {
        var harness = EngineHarness(log: try await reopen(directory, mapBytes: mapBytes))
        // Without alarms, which are records too: what is written is to be counted.
        harness.settings.scoring = harness.settings.scoring.plain
        if checkpointing { harness.settings.recoverySecondsTarget = 0 }
        return try await harness.run { engine in
            let receipt = try await engine.submit(lines: lines)
            #expect(receipt.rejected.isEmpty)
            return engine.digest()
        }
    }

    static func events(_ count: Int, seed: UInt64, dealCount: Int = 500) -> [UInt8] {
        var generator = EventGenerator(seed: seed, dealCount: dealCount, start: EngineHarness<LMDBLog>.start)
        return generator.lines(count)
    }

    @Test func stateIsTheSameFromCheckpointAndFromRecords() async throws {
        let directory = try TemporaryDirectory()
        let lines = Self.events(5_000, seed: 1)
        let live = try await Self.submit(lines, to: directory, checkpointing: true)
        let log = try await Self.reopen(directory)
        let logger = Logger(label: "test")
        let byCheckpoint = try StateDigest.replaying(log, usingCheckpoint: true, logger: logger)
        #expect(byCheckpoint.digest == live)
        #expect(byCheckpoint.replayedCount == 0, "a graceful stop checkpoints everything")
        #expect(try StateDigest.replaying(log, usingCheckpoint: false, logger: logger).digest == live)
    }

    @Test func whatWasWrittenVerifies() async throws {
        let directory = try TemporaryDirectory()
        _ = try await Self.submit(Self.events(3_000, seed: 2), to: directory, checkpointing: true)
        let report = try LogVerifier.verify(directory: directory.path)
        #expect(report.damage == [])
        #expect(report.bounds.last == LSN(3_001))
        #expect(report.deals == 500)
        #expect(report.rememberedEvents == 3_000)
        #expect(report.checkpointed == LSN(3_001))
    }

    @Test func usageIsWhatAWalkOverAllPagesCounts() async throws {
        let directory = try TemporaryDirectory()
        for round in 1...4 {
            _ = try await Self.submit(Self.events(2_000 * round, seed: 20), to: directory, checkpointing: true)
        }
        let usage = try await Self.reopen(directory).usage()
        let report = try LogVerifier.verify(directory: directory.path)
        // The two meta pages are not walked.
        #expect(usage.fileBytes == Int(report.usedPages + report.freePages + 2) * 4_096)
        #expect(usage.freeBytes == Int(report.freePages) * 4_096)
        #expect(usage.freeBytes > 0, "checkpoints that free nothing prove nothing")
        #expect(usage.recordBytes > 0 && usage.recordBytes < usage.fileBytes - usage.freeBytes)
        #expect(usage.readerAge == .zero)
    }

    @Test func mapGrowsWhileEventsComeIn() async throws {
        let directory = try TemporaryDirectory()
        let live = try await Self.submit(
            Self.events(20_000, seed: 3, dealCount: 5_000), to: directory, checkpointing: true, mapBytes: 1 << 20)
        let log = try await Self.reopen(directory, mapBytes: 1 << 20)
        #expect(
            try StateDigest.replaying(log, usingCheckpoint: true, logger: Logger(label: "test")).digest == live)
    }

    @Test func secondOpenerOfADirectoryIsRefusedAtOnce() throws {
        let directory = try TemporaryDirectory()
        let first = try Self.open(directory)
        let error = #expect(throws: LogError.self) { _ = try Self.open(directory) }
        #expect(error?.message.contains("in use by another process") ?? false)
        withExtendedLifetime(first) {}
    }

    @Test func tailThatVanishedIsRefused() async throws {
        let directory = try TemporaryDirectory()
        _ = try await Self.submit(Self.events(100, seed: 4), to: directory)
        let older = try directory.read("data.mdb")
        _ = try await Self.submit(Self.events(200, seed: 4), to: directory)
        try directory.write(older, to: "data.mdb")
        let error = await #expect(throws: LogError.self) { _ = try await Self.reopen(directory) }
        #expect(error?.message.contains("its tail is gone") ?? false)
    }

    @Test func fileCutAnywhereIsRefusedOrWhole() async throws {
        let directory = try TemporaryDirectory()
        let live = try await Self.submit(Self.events(2_000, seed: 5), to: directory)
        // Room is reserved past the pages in use; the cuts begin where those end.
        let used = try LogReader(directory: directory.path).usage().fileBytes
        let whole = try directory.read("data.mdb").prefix(used + 10_000)
        var refused = 0
        for cut in stride(from: 1, through: 200_000, by: 1_111) where cut < whole.count {
            try directory.write(whole.dropLast(cut), to: "data.mdb")
            do {
                let log = try await Self.reopen(directory)
                let found = try StateDigest.replaying(log, usingCheckpoint: true, logger: Logger(label: "test"))
                #expect(found.digest == live, "cut \(cut)")
            } catch let error as LogError {
                refused += 1
                #expect(error.code == .damaged, "cut \(cut): \(error)")
            }
        }
        #expect(refused > 0, "a run in which no cut hurts proves nothing")
    }

    /// Flips of single bits all over the file: the state comes back the same, or the start is refused.
    @Test func flippedBitIsNeverSilentlyWrong() async throws {
        let directory = try TemporaryDirectory()
        let live = try await Self.submit(Self.events(2_000, seed: 6), to: directory, checkpointing: true)
        let used = try LogReader(directory: directory.path).usage().fileBytes
        let whole = try directory.read("data.mdb")
        var random = SeededGenerator(seed: 11)
        var refused = 0
        for round in 0..<300 {
            var bytes = whole
            // Every other flip hits the first pages: the metas and the roots.
            let offset = Int.random(in: 0..<(round % 2 == 0 ? 8 * 4_096 : used), using: &random)
            bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try directory.write(bytes, to: "data.mdb")
            do {
                let log = try await Self.reopen(directory)
                let found = try StateDigest.replaying(log, usingCheckpoint: true, logger: Logger(label: "test"))
                #expect(found.digest == live, "flip at \(offset)")
                let bounds = try log.bounds()
                #expect(bounds.last == LSN(2_001), "flip at \(offset)")
            } catch {
                refused += 1
                let isOurs = error is LogError || (error as? EngineError)?.code == .refusedToStart
                #expect(isOurs, "flip at \(offset): \(error)")
            }
        }
        #expect(refused > 5, "a run in which no flip hurts proves nothing")
    }

    @Test func damagedCheckpointIsWholeAgainAfterTheNextStart() async throws {
        let directory = try TemporaryDirectory()
        let live = try await Self.submit(Self.events(1_000, seed: 9), to: directory)
        var bytes = try directory.read("data.mdb")
        // The deal's checkpoint entry: version 2, merchant present, alarm armed, 7 bytes of id, 128 bytes before the id.
        let needle = Array("deal-77".utf8)
        let offset = try #require(
            bytes.indices.first {
                bytes[$0...].starts(with: needle) && bytes[($0 - 124)..<($0 - 121)].elementsEqual([2, 5, 7])
            })
        bytes[offset - 36] ^= 1
        try directory.write(bytes, to: "data.mdb")
        #expect(try LogVerifier.verify(directory: directory.path).damage.count == 1)
        let again = try await Self.submit(Self.events(1_000, seed: 9), to: directory)
        #expect(again == live)
        #expect(try LogVerifier.verify(directory: directory.path).damage == [])
    }

    @Test func damagedRecordIsFoundByVerifyWithItsLSN() async throws {
        let directory = try TemporaryDirectory()
        _ = try await Self.submit(Self.events(300, seed: 8), to: directory)
        var bytes = try directory.read("data.mdb")
        let needle = Array("event-150\"".utf8)
        // All copies: one may lie on a page that is free by now.
        let offsets = bytes.indices.filter { bytes[$0...].starts(with: needle) }
        #expect(!offsets.isEmpty, "the event is in the file")
        for offset in offsets { bytes[offset] ^= 1 }
        try directory.write(bytes, to: "data.mdb")
        let report = try LogVerifier.verify(directory: directory.path)
        #expect(report.damage.count == 1)
        #expect(report.damage.first?.contains("checksum") ?? false)
    }
}
