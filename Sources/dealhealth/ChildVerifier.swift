import DealHealthEngine
import Foundation

/// Verifies a data directory in a child process: a page that cannot be read, or a structure that leads astray, may end
/// that process by signal, and not this one.
enum ChildVerifier {
    /// Throws `damaged` with what the child found.
    static func verify(_ directory: String) throws(LogError) {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        child.arguments = ["wal", "verify", "--structure", "--data-dir", directory]
        // It needs no other setting, and a file that a flag of this process stands in for may be missing.
        child.environment = ProcessInfo.processInfo.environment.filter {
            $0.key != "CONFIG_FILE" && $0.key != "SECRETS_DIR"
        }
        let output = Pipe()
        child.standardOutput = output
        do {
            try child.run()
        } catch {
            throw LogError(.failed, "the verifying child process did not start: \(error)")
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        if child.terminationReason == .exit, child.terminationStatus == 0 { return }
        let isKilled = child.terminationReason == .uncaughtSignal && child.terminationStatus == SIGKILL
        if isKilled || (child.terminationReason == .exit && child.terminationStatus != 1) {
            throw LogError(.failed, "the log in \(directory) could not be verified (out of memory, or not readable?)")
        }
        let found =
            child.terminationReason == .uncaughtSignal
            ? "reading it ended the verifying process by signal \(child.terminationStatus)"
            : text.trimmingCharacters(in: .whitespacesAndNewlines)
        throw LogError(
            .damaged,
            "The log in \(directory) is damaged, nothing was changed: \(found). Restore DATA_DIR from a backup, or move it away and start anew; `dealhealth wal verify` lists all damage."
        )
    }
}
