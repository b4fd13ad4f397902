import ArgumentParser

/// Options that are settings: their names and help are the table's (`Setting.all`), and their texts are checked with all others.
protocol SettingOptions: ParsableArguments {
    /// What was said, by the settings' names.
    var flags: [String: String?] { get }
}

extension SettingOptions {
    /// The settings in force.
    ///
    /// - Parameter names: those that the command uses, so that no other's fault stops it; nil is all.
    /// - Throws: after saying all that is wrong, the exit code of bad usage.
    func effective(only names: Set<String>? = nil) throws -> EffectiveConfiguration {
        do {
            return try SettingsReader(flags: flags).read(only: names)
        } catch {
            for fault in error.faults { Console.say("dealhealth: \(fault)") }
            throw ExitCode.validationFailure
        }
    }
}

extension NameSpecification {
    static func setting(_ name: String) -> NameSpecification {
        guard let flag = Setting.named(name).flag else { preconditionFailure("\(name) has no flag") }
        return [.customLong(flag)]
    }
}

extension ArgumentHelp {
    static func setting(_ name: String) -> ArgumentHelp {
        let setting = Setting.named(name)
        let value = setting.show(Configuration()).map { " (default: \($0))" } ?? ""
        return ArgumentHelp("\(setting.help). [env: \(name)]\(value)")
    }
}

/// The option of every command that has settings.
struct SourceOptions: SettingOptions {
    @Option(name: .setting("CONFIG_FILE"), help: .setting("CONFIG_FILE")) var config: String?

    var flags: [String: String?] { ["CONFIG_FILE": config] }
}
