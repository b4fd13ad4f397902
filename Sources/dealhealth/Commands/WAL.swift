import ArgumentParser
import DealHealthCore
import DealHealthEngine
import DealHealthWAL
import Foundation
import Logging

/// Commands on the log itself.
struct WAL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wal", abstract: "Inspect and verify the log.",
        subcommands: [Stats.self, Verify.self, Cat.self, Replay.self])

    /// `wal stats`
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What the log holds; also while it is served.")

        @OptionGroup var directory: DataDirectoryOptions

        func run() throws {
            let reader = try LogReader(directory: try directory.path)
            // In this order: a checkpoint never passes the end of the log read after it.
            let checkpoint = try reader.checkpoint()
            let bounds = try reader.bounds()
            let sizes = try reader.sizes()
            let usage = try reader.usage()
            print("records       \(bounds.last.distance(from: bounds.truncated))")
            print("first LSN     \(bounds.truncated.successor)")
            print("last LSN      \(bounds.last), received \(bounds.lastReceivedAt)")
            print("checkpointed  \(checkpoint.position), \(checkpoint.deals) deals")
            print("replay        \(bounds.last.distance(from: checkpoint.position)) records at the next start")
            for database in sizes {
                let name = database.name.padding(toLength: 13, withPad: " ", startingAt: 0)
                print("\(name) \(database.entries) entries, \(database.bytes) bytes")
            }
            print("file          \(usage.fileBytes) bytes in use, \(usage.freeBytes) of them free")
        }
    }

    /// `wal verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read everything and list what is damaged (exit code 1); server stopped.")

        @OptionGroup var directory: DataDirectoryOptions
        @Flag(help: "Only check that the pages can be followed safely, as every start does.")
        var structure = false

        func run() throws {
            let path = try directory.path
            do {
                if structure {
                    try LogVerifier.verifyStructure(directory: path)
                } else {
                    // Pages that change while they are walked would look damaged.
                    let lock = try DataDirectory(path)
                    defer { withExtendedLifetime(lock) {} }
                    try report(try LogVerifier.verify(directory: path, progress: Console.progress("verified")))
                }
            } catch let error as LogError where error.code == .damaged {
                print("damaged: \(error.message)")
                throw ExitCode(1)
            } catch let error as LogError {
                Console.say("dealhealth: \(error.message)")
                throw ExitCode(2)
            }
        }

        private func report(_ report: LogVerifier.Report) throws {
            let bounds = report.bounds
            print(
                "LSN \(bounds.truncated.successor) to \(bounds.last): \(bounds.last.distance(from: bounds.truncated)) records"
            )
            print(
                "checkpoint at LSN \(report.checkpointed): \(report.deals) deals, \(report.rememberedEvents) event ids")
            print("pages: \(report.usedPages) used, \(report.freePages) free")
            for damage in report.damage { print("damaged: \(damage)") }
            if report.damage.isEmpty {
                print("whole")
            } else {
                print(
                    "Restore the directory from a backup, or start anew; damage to a checkpoint alone is rebuilt by a start."
                )
                throw ExitCode(1)
            }
        }
    }

    /// `wal cat`
    struct Cat: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print records, one JSON object a line.")

        @OptionGroup var directory: DataDirectoryOptions
        @Option(help: "Print records after this LSN.")
        var after: UInt64 = 0
        @Option(help: "Print at most this many.")
        var limit = Int.max
        @Flag(help: "Accepted for clarity: JSON is the only form.")
        var json = false

        func run() throws {
            let reader = try LogReader(directory: try directory.path)
            var count = 0
            try reader.forEachRecord(after: LSN(after)) { (record, bytes) throws(LogError) in
                if count >= limit { return false }
                count += 1
                print(Self.line(record, bytes))
                return true
            }
        }

        private static func line(_ record: StoredRecord, _ bytes: UnsafeRawBufferPointer) -> String {
            let header = record.header
            let payload = UnsafeRawBufferPointer(rebasing: bytes[record.payload])
            var fields = [
                "\"lsn\":\(header.lsn)",
                "\"previous_partition_lsn\":\(header.previousPartitionLSN)",
                "\"previous_deal_lsn\":\(header.previousDealLSN)",
                "\"received_at\":\"\(header.receivedAt)\"",
            ]
            switch header.kind {
            case .scoringSettings:
                fields.append("\"type\":\"ScoringSettings\"")
                if let settings = try? ScoringChange(payload).settings {
                    for parameter in ScoringSettings.parameters {
                        let value = settings[keyPath: parameter.value]
                        fields.append("\"\(parameter.name)\":\(value.isFinite ? "\(value)" : "null")")
                    }
                }
            case .alarm:
                fields.append("\"type\":\"Alarm\"")
                fields.append("\"deal_id\":\(quoted(UnsafeRawBufferPointer(rebasing: bytes[record.dealID])))")
                fields.append("\"time\":\"\(header.time)\"")
                fields.append("\"evidence_share\":\(header.mass)")
                fields.append("\"score_before\":\(Double(header.scoreBefore) / 100)")
                fields.append("\"score_after\":\(Double(header.scoreAfter) / 100)")
            case .evidence(let source):
                fields.append("\"type\":\"\(source.eventType)\"")
                fields.append("\"deal_id\":\(quoted(UnsafeRawBufferPointer(rebasing: bytes[record.dealID])))")
                fields.append("\"time\":\"\(header.time)\"")
                fields.append("\"outcome\":\"\(header.works ? "works" : "fails")\"")
                fields.append("\"mass\":\(header.mass)")
                fields.append("\"score_before\":\(Double(header.scoreBefore) / 100)")
                fields.append("\"score_after\":\(Double(header.scoreAfter) / 100)")
                fields.append("\"event_id_given\":\(header.hasGivenID)")
                // Line breaks can only stand between its tokens.
                let event = payload.map {
                    $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0
                }
                fields.append("\"event\":\(String(decoding: event, as: UTF8.self))")
            }
            return "{\(fields.joined(separator: ","))}"
        }

        /// A deal id holds no control characters: quotes and backslashes are all there is to escape.
        private static func quoted(_ bytes: UnsafeRawBufferPointer) -> String {
            let text = String(decoding: bytes, as: UTF8.self)
            return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
    }

    /// `wal replay`
    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recover twice, from the checkpoint and from the records alone, and compare; server stopped.")

        @OptionGroup var directory: DataDirectoryOptions

        func run() throws {
            let path = try directory.path
            var random = SystemRandomNumberGenerator()
            let log = try LMDBLog(
                directory: try DataDirectory(path), options: LogOptions(verify: ChildVerifier.verify), using: &random)
            let logger = Logger(label: "dealhealth")
            let byCheckpoint = try StateDigest.replaying(log, usingCheckpoint: true, logger: logger)
            print(
                "from checkpoint  digest \(byCheckpoint.digest)  \(byCheckpoint.digest.dealCount) deals, \(byCheckpoint.replayedCount) records replayed"
            )
            guard try log.bounds().truncated == .zero else {
                print("from records     not possible: the first records are no longer retained")
                return
            }
            let byRecords = try StateDigest.replaying(log, usingCheckpoint: false, logger: logger)
            print(
                "from records     digest \(byRecords.digest)  \(byRecords.digest.dealCount) deals, \(byRecords.replayedCount) records replayed"
            )
            if byCheckpoint.digest != byRecords.digest { throw ExitCode(1) }
        }
    }
}
