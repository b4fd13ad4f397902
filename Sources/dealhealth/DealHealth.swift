import ArgumentParser

/// The program: subcommands, settings, and the wiring of everything else.
@main
struct DealHealth: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "dealhealth",
        abstract: "How likely a deal is to work right now, and how sure we are.",
        version: version,
        subcommands: [
            Serve.self, Import.self, ShowScore.self, WAL.self, ReplayLog.self, MakeBackup.self, Restore.self,
            MintToken.self,
            ShowConfiguration.self,
        ],
        defaultSubcommand: nil
    )
}
