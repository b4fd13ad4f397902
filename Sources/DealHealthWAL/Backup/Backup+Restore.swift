import DealHealthCore
public import DealHealthEngine
import Foundation

extension Backup {
    /// Makes a copy of the backup at `path` the log of `directory`, and returns what it holds.
    ///
    /// ## Crash safety
    /// The watermark is written first: from then on until the copy is synced and has its name, a start is refused
    /// (`data.mdb is gone`) rather than beginning an empty log; restoring once more goes on from there.
    ///
    /// Throws `failed` when the directory holds a log, which is never overwritten, and `damaged` when the backup is.
    public static func restore(
        _ path: String, to directory: DataDirectory, progress: ProgressMaker
    ) throws(LogError) -> LogVerifier.Report {
        guard !directory.holdsLog else {
            throw LogError(
                .failed,
                "\(directory.path) holds a log, which is never overwritten. Move it away, or set another DATA_DIR.")
        }
        guard !DataDirectory.isInUse(path) else {
            throw LogError(
                .failed, "\(path) is in use by another process. Make a backup of it: `dealhealth backup DIR`.")
        }
        let report: LogVerifier.Report
        do throws(LogError) {
            report = try LogVerifier.verifyWhole(directory: path, progress: progress("verified"))
        } catch {
            throw LogError(
                error.code,
                "The backup \(path) is not whole, nothing was restored: \(error.message). Take an older one (--at).")
        }
        let identity = try LogReader(directory: path).identity
        var watermark = try Watermark.File(directory: directory.path, lineage: identity.lineage.low)
        try watermark.write(Watermark(lsn: report.bounds.last, checksum: report.bounds.lastChecksum))
        try directory.sync()

        let partial = directory.dataPath + partialSuffix
        do throws(LogError) {
            let file = try FileCopy(creating: partial, in: "DATA_DIR")
            try file.fill(from: "\(path)/\(DataDirectory.dataName)", progress("restored"))
        } catch {
            unlink(partial)
            throw error
        }
        guard rename(partial, directory.dataPath) == 0 else { throw .systemCall("rename", partial) }
        try directory.sync()
        return report
    }
}
