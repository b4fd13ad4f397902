import ArgumentParser
import DealHealthCore
import DealHealthEngine
import DealHealthWAL

/// `dealhealth backup DIR`
struct MakeBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back the log up, compacted and verified; also while it is served.",
        discussion: """
            Adds DIR/<UTC time>-lsn<last LSN>, which holds everything acknowledged before the command began. It gets this \
            name once it is synced and every record in it was read back. To go on after an interruption, run it again: what \
            the unfinished run left is removed, and a backup that ends where the log does is verified, not made again.

            While it copies, the server cannot reuse pages of the log that are freed meanwhile, so its file grows by about \
            what it writes in that time. DIR needs room for one more copy and should be on another disk.
            """)

    @Argument(help: "Folder of backups; made if it is missing.")
    var folder: String
    @OptionGroup var directory: DataDirectoryOptions

    func run() throws {
        let backups = try BackupFolder(folder)
        let outcome = try backups.add(logIn: try directory.path, at: WallClock.now(), progress: Console.progress)
        let bounds = outcome.report.bounds
        print(
            "\(outcome.isNew ? "backed up" : "there already, verified again:") LSN \(bounds.truncated.successor) to \(bounds.last), received at \(bounds.lastReceivedAt), in \(outcome.backup.path)"
        )
    }
}
