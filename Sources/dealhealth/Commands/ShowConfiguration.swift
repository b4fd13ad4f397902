import ArgumentParser

/// `dealhealth config`: the settings in force.
struct ShowConfiguration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings that serve would have, and where each is from; secrets are masked.",
        discussion: """
            All faults are listed at once (exit code 64). Flags win over environment variables, these over files in \
            SECRETS_DIR, these over lines of CONFIG_FILE, these over defaults. The settings:

            \(Setting.all.map(help).joined(separator: "\n"))
            """)

    @OptionGroup var options: ServeOptions

    /// Longer values push their line's last column to the right.
    private static let valueWidthMax = 40

    func run() throws {
        let effective = try options.effective()
        for warning in effective.warnings { Console.say("dealhealth: \(warning)") }
        let rows = Setting.all.map { setting in
            let origin = effective.origin(of: setting)
            return [
                setting.name, setting.show(effective.configuration) ?? "-",
                setting.isUsed ? "\(origin)" : "\(origin), not used yet",
            ]
        }
        let nameWidth = rows.map { $0[0].count }.max() ?? 0
        let valueWidth = min(rows.map { $0[1].count }.max() ?? 0, Self.valueWidthMax)
        for row in rows {
            print("\(Self.padded(row[0], nameWidth))  \(Self.padded(row[1], valueWidth))  \(row[2])")
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func help(_ setting: Setting) -> String {
        let value = setting.show(Configuration()).map { " Default: \($0)." } ?? ""
        return "\(setting.name): \(setting.help); \(setting.allowed).\(value)\(setting.isUsed ? "" : " Not used yet.")"
    }
}
