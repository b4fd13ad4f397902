import ArgumentParser
import DealHealthLoad
import Foundation

/// `run`: plays a scenario.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Plays a scenario against one or several targets.")

    @OptionGroup var options: ScenarioOptions

    @Option(help: "Writes the result there, as JSON.")
    var output: String?

    func run() throws {
        do throws(LoadError) {
            try play()
        } catch {
            FileHandle.standardError.write(Data("dealhealth-load: \(error.message)\n".utf8))
            throw ExitCode(Self.cannotRun)
        }
    }

    /// The exit code when there is no result.
    static let cannotRun: Int32 = 5

    private func play() throws(LoadError) {
        let scenario = try options.readScenario()
        let run = try LoadRun(scenario: scenario, options: try options.runOptions())
        let outcome = try run.run { sample in
            print(
                "\(sample.second) s: \(sample.completed)/s, p99 \(sample.p99Seconds * 1e3) ms, errors \(sample.errors), backlog \(sample.backlog)"
            )
        }
        if let output, !FileManager.default.createFile(atPath: output, contents: outcome.result.json) {
            throw LoadError(.result, "cannot write \(output)")
        }
        let total = outcome.result.total
        print(
            "completed \(total.completed) (\(outcome.result.completedPerSecond)/s), errors \(total.errors) timeouts \(total.timeouts) dropped \(total.dropped)"
        )
        print(total.responseTimePercentiles)
        print(total.serviceTimePercentiles)
        print(outcome.result.generator)
        print(outcome.result.objectives)
    }
}
