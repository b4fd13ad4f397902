import ArgumentParser

/// The program: one subcommand for each thing that it does.
@main
struct DealHealthLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dealhealth-load",
        abstract: "Load tests of an HTTP service that say what users felt, and whether its promises held."
    )
}
