import DealHealthCore
import DealHealthEngine
import DealHealthWAL
import Foundation
import Logging
import Testing

@Suite struct BackupTests {
    static let noon = Timestamp(rfc3339: "2026-11-24T12:00:00.7Z")!

    static func silent(_ verb: String) -> (UInt64, UInt64) -> Void {
        { _, _ in }
    }

    static func add(_ directory: TemporaryDirectory, to folder: String, at time: Timestamp = noon) throws(LogError)
        -> BackupFolder.Outcome
    {
        let folder = try BackupFolder(folder)
        return try folder.add(logIn: directory.path, at: time, progress: silent)
    }

    @Test func restoredLogHasTheSameIdentityRecordsAndState() async throws {
        let (directory, target) = (try TemporaryDirectory(), try TemporaryDirectory())
        let lines = LMDBLogTests.events(3_000, seed: 1)
        let live = try await LMDBLogTests.submit(lines, to: directory, checkpointing: true)
        let made = try Self.add(directory, to: target.file("backups"))
        #expect(made.isNew)
        #expect(made.backup.path == target.file("backups/2026-11-24T12-00-00Z-lsn3001"))
        #expect(made.report.freePages == 0, "it is compact")
        let data = target.file("data")
        #expect(
            try Backup.restore(made.backup.path, to: try DataDirectory(data), progress: Self.silent).bounds
                == made.report.bounds)
        #expect(
            try LogReader(directory: data).identity == LogReader(directory: directory.path).identity)
        var random = SystemRandomNumberGenerator()
        let log = try LMDBLog(directory: try DataDirectory(data), options: LMDBLogTests.options(), using: &random)
        for usingCheckpoint in [true, false] {
            let found = try StateDigest.replaying(
                log, usingCheckpoint: usingCheckpoint, logger: Logger(label: "test"))
            #expect(found.digest == live)
        }
    }

    @Test func logThatStandsStillIsVerifiedAndNotCopiedAgain() async throws {
        let (directory, target) = (try TemporaryDirectory(), try TemporaryDirectory())
        _ = try await LMDBLogTests.submit(LMDBLogTests.events(100, seed: 1), to: directory)
        let first = try Self.add(directory, to: target.path)
        let later = Timestamp(microseconds: Self.noon.microseconds + 3_600_000_000)
        let second = try Self.add(directory, to: target.path, at: later)
        #expect(!second.isNew)
        #expect(second.backup == first.backup)
        _ = try await LMDBLogTests.submit(LMDBLogTests.events(150, seed: 1), to: directory)
        #expect(try Self.add(directory, to: target.path, at: later).isNew)
        #expect(try Backup.choose(target.path, notAfter: Self.noon) == first.backup.path)
        #expect(try Backup.choose(target.path, notAfter: nil).hasSuffix("2026-11-24T13-00-00Z-lsn151"))
    }

    @Test func onlyOneBackupIntoAFolderAtATime() throws {
        let target = try TemporaryDirectory()
        let first = try BackupFolder(target.path)
        let error = #expect(throws: LogError.self) { _ = try BackupFolder(target.path) }
        #expect(error?.message.contains("under way") ?? false)
        withExtendedLifetime(first) {}
    }

    @Test func namesThatAreNoBackupsArePassedOver() throws {
        let target = try TemporaryDirectory()
        let names = [
            "2026-11-24T12-00-00Z-lsn7", "2026-11-24T13-00-00Z-lsn9.partial", "2026-11-24T13-00-00Z.partial",
            "2026-11-24T13-00-00Z-lsn+9", "2026-11-24T13-00-00Z-lsn09", "2026-13-24T12-00-00Z-lsn9", "lsn9", "z",
        ]
        for name in names {
            try FileManager.default.createDirectory(atPath: target.file(name), withIntermediateDirectories: false)
        }
        #expect(try Backup.choose(target.path, notAfter: nil) == target.file(names[0]))
        #expect(throws: LogError.self) {
            _ = try Backup.choose(target.path, notAfter: Timestamp(rfc3339: "2026-11-24T11:59:59Z")!)
        }
    }

    @Test func dataDirectoryIsNoFolderOfBackups() async throws {
        let directory = try TemporaryDirectory()
        _ = try await LMDBLogTests.submit(LMDBLogTests.events(10, seed: 1), to: directory)
        #expect(throws: LogError.self) { _ = try Self.add(directory, to: directory.path) }
    }

    @Test func watermarkOfALostLogGivesWayToTheBackups() async throws {
        let (directory, target) = (try TemporaryDirectory(), try TemporaryDirectory())
        _ = try await LMDBLogTests.submit(LMDBLogTests.events(100, seed: 1), to: directory)
        let made = try Self.add(directory, to: target.path)
        let live = try await LMDBLogTests.submit(LMDBLogTests.events(200, seed: 1), to: directory)
        // The engine's thread may hold it for a moment more.
        _ = try await LMDBLogTests.reopen(directory)
        try FileManager.default.removeItem(atPath: directory.file("data.mdb"))
        _ = try Backup.restore(
            made.backup.path, to: try DataDirectory(directory.path), progress: Self.silent)
        // Sent again, the rest makes the state whole.
        let again = try await LMDBLogTests.submit(LMDBLogTests.events(200, seed: 1), to: directory)
        #expect(again == live)
    }
}
