import ArgumentParser
import DealHealthLoad
import Foundation

/// `dealhealth-load report RESULT --output FILE`: a result as a page for people.
struct MakeReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a result as one HTML page that needs nothing else.")

    @Argument(help: "Result of a run (JSON).")
    var result: String
    @Option(help: "Where the page goes.")
    var output: String

    func run() throws {
        try orExit { () throws(LoadError) in
            let page = HTMLReport(try ResultFile.read(result)).html
            try ResultFile.write(Data(page.utf8), to: output)
        }
    }
}
