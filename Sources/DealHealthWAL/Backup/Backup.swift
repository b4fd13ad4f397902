public import DealHealthCore
public import DealHealthEngine
import Foundation

/// A backup: a directory that is what a stopped server would leave, named for when it was begun and where its log ends.
///
/// `2026-11-24T10-39-07Z-lsn4711`: UTC, no colons, which other tools take for host names. A name is given only to what
/// was verified whole; until then it ends in `.partial`.
public struct Backup: Sendable, Equatable {
    public let path: String
    /// When it was begun, to the second.
    public let takenAt: Timestamp
    /// The last record in it.
    public let last: LSN

    static let partialSuffix = ".partial"
    private static let timeBytes = "2026-11-24T10-39-07".utf8.count
    private static let lsnMark = "Z-lsn"

    /// The backup of a log up to `last`, begun at `time`, in `folder`.
    init(folder: String, takenAt time: Timestamp, last: LSN) {
        takenAt = Timestamp(microseconds: time.microseconds / 1_000_000 * 1_000_000)
        self.last = last
        path = "\(folder)/\(Self.stem(time))\(Self.lsnMark)\(last)"
    }

    /// What `name` in `folder` says of itself; nil when it is no backup's name.
    init?(folder: String, name: String) {
        let time = name.prefix(Self.timeBytes)
        let rest = name.dropFirst(Self.timeBytes)
        guard rest.hasPrefix(Self.lsnMark), let lsn = UInt64(rest.dropFirst(Self.lsnMark.count)) else { return nil }
        let clock = time.dropFirst(11).replacing("-", with: ":")
        guard let takenAt = Timestamp(rfc3339: "\(time.prefix(11))\(clock)Z") else { return nil }
        self.init(folder: folder, takenAt: takenAt, last: LSN(lsn))
        // One text for one backup: `+5` is a number, too.
        guard path == "\(folder)/\(name)" else { return nil }
    }

    /// The name of a backup begun at `time` while it is not whole.
    static func partialName(_ time: Timestamp) -> String {
        "\(stem(time))Z\(partialSuffix)"
    }

    private static func stem(_ time: Timestamp) -> String {
        String("\(time)".prefix(timeBytes)).replacing(":", with: "-")
    }

    /// The backups in `folder`, oldest first; whatever else lies there is passed over.
    static func all(in folder: String) throws(LogError) -> [Backup] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw LogError(.failed, "\(folder) cannot be read. Check the path, and that it may be read.")
        }
        return names.compactMap { Backup(folder: folder, name: $0) }.sorted {
            ($0.takenAt, $0.last) < ($1.takenAt, $1.last)
        }
    }

    /// The path of the backup to restore: `path` itself when it is one, else the newest in it.
    ///
    /// - Parameter time: only backups begun at or before it, when given.
    public static func choose(_ path: String, notAfter time: Timestamp?) throws(LogError) -> String {
        if FileManager.default.fileExists(atPath: "\(path)/\(DataDirectory.dataName)") {
            guard !path.split(separator: "/").contains(where: { $0.hasSuffix(partialSuffix) }) else {
                throw LogError(.failed, "\(path) is of a backup that did not finish. Take another.")
            }
            guard time == nil else {
                throw LogError(.failed, "\(path) is one backup: a time chooses among those of a folder. Leave it out.")
            }
            return path
        }
        let backups = try all(in: path)
        guard let oldest = backups.first else { throw LogError(.failed, "\(path) holds no backup. Check the path.") }
        guard let time else { return backups[backups.count - 1].path }
        guard let newest = backups.last(where: { $0.takenAt <= time }) else {
            throw LogError(.failed, "The oldest backup in \(path) is of \(oldest.takenAt). Choose a later time.")
        }
        return newest.path
    }
}
