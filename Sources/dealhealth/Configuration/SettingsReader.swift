import Configuration
import Foundation

/// Reads settings: flags over environment over secrets directory over file over defaults.
///
/// What it holds is shown to nobody: secrets are among it, and whoever keeps a reader may be described in a log line.
struct SettingsReader: Sendable, CustomStringConvertible, CustomReflectable {
    /// What was said on the command line, by the settings' names.
    let flags: [String: String]
    let environment: [String: String]

    init(flags: [String: String?] = [:], environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.flags = flags.compactMapValues { $0 }
        self.environment = environment
    }

    /// The settings as they are now; files are read again each time, so that a rotated secret is seen.
    ///
    /// - Parameter names: the settings to read; the others keep their defaults, and their faults are nobody's concern. Nil reads all.
    /// - Throws: with all faults at once.
    func read(only names: Set<String>? = nil) throws(ConfigurationError) -> EffectiveConfiguration {
        let all = sources()
        let reader = ConfigReader(providers: all.map(\.provider))
        var effective = EffectiveConfiguration()
        var faults = all.flatMap(\.faults)
        var faulty: Set<String> = []
        for setting in Setting.all where names?.contains(setting.name) != false {
            guard let text = reader.string(forKey: ConfigKey([setting.name]), isSecret: true),
                let origin = all.lazy.compactMap({ $0.origin(of: setting.name) }).first
            else { continue }
            effective.origins[setting.name] = origin
            if !setting.read(text, &effective.configuration) {
                faults.append(
                    "\(setting.name)=\(Self.excerpt(setting.mask(text))) (\(origin)) must be \(setting.allowed)")
                faulty.insert(setting.name)
            }
        }
        for rule in SettingRule.all
        where faulty.isDisjoint(with: rule.names) && names?.isSuperset(of: rule.names) != false {
            if let fault = rule.fault(effective.configuration) {
                faults.append("\(rule.names.joined(separator: " and ")) \(fault)")
            }
        }
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
        effective.warnings = all.flatMap(\.unknown).map(UnknownNames.warning)
        return effective
    }

    var description: String { "SettingsReader" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// One short line of a value: a key pasted where its path belongs is not shown whole.
    private static func excerpt(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }.prefix(excerptMax)
        return line.endIndex == text.endIndex ? text : line + "…"
    }

    private static let excerptMax = 80

    /// From the strongest to the weakest.
    private func sources() -> [SettingSource] {
        var stronger = [SettingSource.flags(flags), .environment(environment)]
        func text(_ name: String, in sources: [SettingSource]) -> String? {
            ConfigReader(providers: sources.map(\.provider)).string(forKey: ConfigKey([name]))
        }
        let file = text("CONFIG_FILE", in: stronger).map(SettingSource.file)
        // The file may say where the secrets are, though they are stronger.
        if let directory = text("SECRETS_DIR", in: stronger + [file].compactMap(\.self)) {
            stronger.append(.secrets(in: directory))
        }
        return stronger + [file].compactMap(\.self)
    }
}
