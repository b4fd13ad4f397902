import ArgumentParser

/// The options of the command that serves.
struct ServeOptions: SettingOptions {
    @Option(name: .setting("HOST"), help: .setting("HOST")) var host: String?
    @Option(name: .setting("PORT"), help: .setting("PORT")) var port: String?
    @Option(name: .setting("MONITORING_METRICS_PORT"), help: .setting("MONITORING_METRICS_PORT")) var metricsPort:
        String?
    @OptionGroup var directory: DataDirectoryOptions

    var flags: [String: String?] {
        let own = ["HOST": host, "PORT": port, "MONITORING_METRICS_PORT": metricsPort]
        return directory.flags.merging(own) { _, own in own }
    }
}
