import ArgumentParser
import DealHealthCore
import DealHealthEngine
import DealHealthWAL

/// `dealhealth restore DIR`
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a backup the log of a data directory that has none; server stopped.",
        discussion: """
            The backup is verified first. The log goes on under its old identity; positions acknowledged after the backup was \
            begun are lost, and will be given to other events.
            """)

    @Argument(help: "A backup, or a folder of them, of which the newest is taken.")
    var backup: String
    @Option(help: "Take the newest that was begun at or before this time (RFC 3339).")
    var at: String?
    @OptionGroup var directory: DataDirectoryOptions

    func run() throws {
        let time = try at.map { text in
            guard let time = Timestamp(rfc3339: text) else {
                throw ValidationError("--at \(text) is not a time such as 2026-11-24T10:39:07Z.")
            }
            return time
        }
        let path = try Backup.choose(backup, notAfter: time)
        let data = try DataDirectory(try directory.path)
        let bounds = try Backup.restore(path, to: data, progress: Console.progress).bounds
        print(
            "restored up to LSN \(bounds.last), received at \(bounds.lastReceivedAt), from \(path) into \(data.path). Events after that must be sent again; sending again is safe."
        )
    }
}
