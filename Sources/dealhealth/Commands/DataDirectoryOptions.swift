import ArgumentParser

/// The option that every command on the log has.
struct DataDirectoryOptions: ParsableArguments {
    @Option(help: "Directory of the log. [env: DATA_DIR] (default: ./data)")
    var dataDir: String?

    var path: String {
        get throws { try Setting.value(dataDir, "DATA_DIR", default: "./data") }
    }
}
