import Configuration
import Foundation

/// One place where settings are looked for, read once.
struct SettingSource: Sendable {
    /// A name that was meant for us, by its prefix or its place, and is none of ours.
    struct Unknown: Sendable, Equatable {
        let name: String
        let origin: SettingOrigin
    }

    private var values: [String: (text: String, origin: SettingOrigin)] = [:]
    /// What cannot be read, in words for the operator.
    private(set) var faults: [String] = []
    private(set) var unknown: [Unknown] = []

    /// The values as texts: every source has them under the names of environment variables.
    var provider: EnvironmentVariablesProvider {
        EnvironmentVariablesProvider(environmentVariables: values.mapValues(\.text), secretsSpecifier: .all)
    }

    /// Nil when the source does not have that setting.
    func origin(of name: String) -> SettingOrigin? {
        values[name]?.origin
    }

    /// A name without any text is not set: templates leave such lines behind.
    private mutating func add(_ name: String, _ text: String, _ origin: SettingOrigin) {
        if !text.isEmpty { values[name] = (text, origin) }
    }

    // MARK: the sources

    /// By the settings' names.
    static func flags(_ flags: [String: String]) -> SettingSource {
        var source = SettingSource()
        for (name, text) in flags { source.add(name, text, .flag(Setting.named(name).flag ?? name)) }
        return source
    }

    static func environment(_ variables: [String: String]) -> SettingSource {
        var source = SettingSource()
        for (name, text) in variables.sorted(by: { $0.key < $1.key }) {
            if Setting.known[name] != nil {
                source.add(name, text, .environment)
            } else if UnknownNames.isMeantForUs(name) {
                source.unknown.append(Unknown(name: name, origin: .environment))
            }
        }
        return source
    }

    /// A directory with a file for each setting, under its name or that in lower case; others' files may be there too.
    ///
    /// Not read by the configuration library: it skips symbolic links, and Kubernetes mounts every secret as one.
    static func secrets(in directory: String) -> SettingSource {
        var source = SettingSource()
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            source.faults = ["SECRETS_DIR=\(directory) must be a directory that can be listed"]
            return source
        }
        for file in files.sorted() {
            let (name, path) = (file.uppercased(), directory + "/" + file)
            if Setting.known[name] == nil {
                if UnknownNames.isMeantForUs(name) {
                    source.unknown.append(Unknown(name: file, origin: .secret(path)))
                }
            } else if let first = source.origin(of: name) {
                source.faults.append("\(path) must not stand beside \(first): both are \(name)")
            } else if let text = contents(of: path) {
                // Editors and `echo` end a file with a line break.
                source.add(name, String(text.reversed().drop(while: \.isNewline).reversed()), .secret(path))
            } else {
                source.faults.append("\(path) must be readable text of at most \(fileBytesMax) bytes")
            }
        }
        return source
    }

    /// A file of lines `NAME=value` (`SettingsFile`).
    static func file(_ path: String) -> SettingSource {
        var source = SettingSource()
        guard let text = contents(of: path) else {
            source.faults = ["CONFIG_FILE=\(path) must be readable text of at most \(fileBytesMax) bytes"]
            return source
        }
        let file = SettingsFile(text)
        source.faults = file.faults.map { "\(path):\($0.line): \($0.message)" }
        for line in file.lines {
            let origin = SettingOrigin.file(path, line: line.number)
            if Setting.known[line.name] != nil {
                source.add(line.name, line.value, origin)
            } else {
                source.unknown.append(Unknown(name: line.name, origin: origin))
            }
        }
        return source
    }

    /// More than all settings together: a longer file is a mistake, a device without an end perhaps.
    private static let fileBytesMax = 1 << 20

    private static func contents(of path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: fileBytesMax + 1), bytes.count <= fileBytesMax
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
