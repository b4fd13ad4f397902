import ArgumentParser

@main
struct DealHealthLoadProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dealhealth-load", abstract: "Loads an HTTP server as its users would, and judges what they felt.",
        subcommands: [Run.self, FindLimit.self, MakeReport.self, CompareResults.self])
}
