// Opens data directories as a start would, many in one process: what `Tests/Faults/test_power_loss.py` judges its images with.
//
// Reads one path a line, and answers each with one line of JSON: where the log ends and the digest of the state that it gives
// back, or why a start would be refused. A directory that ends this process by signal is one that would end a start.
import DealHealthCore
import DealHealthEngine
import DealHealthWAL
import Foundation
import Logging

/// What a start makes of one directory.
struct Judgement: Encodable {
    var truncated: UInt64 = 0
    var last: UInt64 = 0
    /// The last record's checksum: by the chain, that of everything before it.
    var checksum: UInt32 = 0
    /// The state from the checkpoint and the records after it.
    var digest = ""
    /// The state from the records alone; missing when the first is no longer retained.
    var digestOfRecords: String?
    var refused: String?

    init(directory: String) {
        do {
            try recover(directory)
            // A start may have rebuilt what it found damaged; power loss damages nothing, so nothing may be.
            let damage = try LogVerifier.verify(directory: directory).damage
            if !damage.isEmpty { refused = "damaged: \(damage.joined(separator: "; "))" }
        } catch {
            refused = "\(error)"
        }
    }

    private mutating func recover(_ directory: String) throws {
        var random = SystemRandomNumberGenerator()
        let options = LogOptions(verify: { path throws(LogError) in try LogVerifier.verifyStructure(directory: path) })
        let log = try LMDBLog(directory: try DataDirectory(directory), options: options, using: &random)
        let logger = Logger(label: "power-loss") { _ in SwiftLogNoOpLogHandler() }
        let bounds = try log.bounds()
        (truncated, last, checksum) = (bounds.truncated.value, bounds.last.value, bounds.lastChecksum)
        digest = try StateDigest.replaying(log, usingCheckpoint: true, logger: logger).digest.description
        guard bounds.truncated == .zero else { return }
        digestOfRecords = try StateDigest.replaying(log, usingCheckpoint: false, logger: logger).digest.description
    }
}

let encoder = JSONEncoder()
while let directory = readLine() {
    let answer = try encoder.encode(Judgement(directory: directory)) + Data("\n".utf8)
    FileHandle.standardOutput.write(answer)
}
