import ArgumentParser

/// The options that every command on the log has.
struct DataDirectoryOptions: SettingOptions {
    @Option(name: .setting("DATA_DIR"), help: .setting("DATA_DIR")) var dataDir: String?
    @OptionGroup var sources: SourceOptions

    var flags: [String: String?] { sources.flags.merging(["DATA_DIR": dataDir]) { _, own in own } }

    var path: String {
        get throws { try effective(only: ["DATA_DIR"]).configuration.log.directory }
    }
}
