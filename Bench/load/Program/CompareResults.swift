import ArgumentParser
import DealHealthLoad
import Foundation

/// `dealhealth-load compare A B`: what the second run has gained or lost.
struct CompareResults: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Print two results side by side.",
        discussion: """
            Ratios above 1 are worse. With --max-ratio the exit code is 1 when the rate, the error rate or a percentile up to p99.9 got worse
            than that, or a result is not certified.
            """)

    @Argument(help: "Result to compare with (JSON).")
    var first: String
    @Argument(help: "Result to judge (JSON).")
    var second: String
    @Option(help: "How much worse the second may be, at least 1: 1.1 is ten percent.")
    var maxRatio: Double?

    func validate() throws {
        if let maxRatio, !(maxRatio >= 1) { throw ValidationError("--max-ratio must be at least 1, got \(maxRatio).") }
    }

    func run() throws {
        let (first, second) = try orExit { () throws(LoadError) -> (RunResult, RunResult) in
            (try ResultFile.read(self.first), try ResultFile.read(self.second))
        }
        let comparison = Comparison(first, second)
        print(comparison.table, terminator: "")
        for warning in comparison.warnings { print(warning) }
        guard let maxRatio else { return }
        let isCertified = first.generator.certified && second.generator.certified
        if let worst = comparison.worst, worst.ratio > maxRatio {
            print("Worse than --max-ratio \(maxRatio): \(worst.name).")
            throw ExitCode(1)
        }
        if !isCertified { throw ExitCode(1) }
    }
}
