import Foundation

/// A directory for files of settings and secrets, which goes when the value does.
final class SettingsFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/dealhealth-\(UUID().uuidString)"
        try make("")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Makes a directory in it; returns its path.
    @discardableResult func make(_ name: String) throws -> String {
        let path = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Writes a file in it; returns its path.
    @discardableResult func write(_ name: String, _ text: String) throws -> String {
        let path = "\(path)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}
