import ArgumentParser
import DealHealthLoad
import Dispatch
import Foundation

/// `find-limit`: the highest rate at which users are still served well.
struct FindLimit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds the highest rate whose p99.9 and error rate keep their bounds.",
        discussion: """
            Offers the scenario's work at constant rates: doubles until a bound is missed twice, then halves the gap. Exit codes: 0 found, \
            1 even the lowest rate is too much, 4 the generator was the limit, 5 there is no result, 130 interrupted.
            """)

    @OptionGroup var options: ScenarioOptions

    @Option(help: "The highest p99.9 of response times, milliseconds.")
    var p999Ms = 50.0
    @Option(help: "The highest share of failed and dropped requests, percent.")
    var errorsPercent = 0.1
    @Option(help: "The first rate, requests a second.")
    var from = 500.0
    @Option(help: "No higher rate is tried.")
    var to = 1_000_000.0
    @Option(help: "Each rate is offered so long, seconds, after one second of warm-up.")
    var seconds = 5.0
    @Option(help: "The search ends when the limit is known within this ratio.")
    var precision = 1.05
    @Option(help: "Writes the result of the highest rate that held there, as JSON.")
    var output: String?

    func validate() throws {
        guard from > 0, from <= to, to <= LoadLimits.rateMax else {
            throw ValidationError("--from and --to must be rates up to \(Int(LoadLimits.rateMax)), in this order")
        }
        guard precision >= 1.01, precision <= 2 else { throw ValidationError("--precision must be from 1.01 to 2") }
        guard seconds >= 1, seconds <= 3_600 else { throw ValidationError("--seconds must be from 1 to 3600") }
        guard p999Ms > 0, p999Ms <= 600_000 else { throw ValidationError("--p999-ms must be more than 0") }
        guard errorsPercent >= 0, errorsPercent <= 100 else {
            throw ValidationError("--errors-percent must be a share")
        }
    }

    func run() throws {
        let code = try orExit { () throws(LoadError) in try search() }
        if code != 0 { throw ExitCode(code) }
    }

    private func search() throws(LoadError) -> Int32 {
        var scenario = try options.readScenario()
        guard scenario.loop == .open else {
            throw LoadError(.scenario, "only an open loop has a rate: --set loop=open")
        }
        scenario.warmupSeconds = 1
        scenario.objectives = [
            Objective(.percentile(99.9), atMost: p999Ms / 1e3), Objective(.errorRate, atMost: errorsPercent / 100),
        ]
        var search = SaturationSearch(lowest: from, highest: to, precision: precision)
        var best: RunResult?
        var lastFailure: RunResult?
        while let rate = search.nextRate {
            scenario.phases = [Phase(name: "main", segments: [Segment(seconds: seconds, rate: rate)])]
            guard let result = try offer(scenario) else { return Interruption.exitCode }
            // A late generator measures too much, never too little: what holds all the same does hold.
            let held = result.objectives.allSatisfy(\.held)
            print("\(Int(rate))/s \(held ? "held" : "did not hold"): \(Self.figures(result))")
            if held { best = result } else { lastFailure = result }
            search.note(held: held)
            scenario.preloadPerKey = 0
        }
        return try conclude(search, best, lastFailure)
    }

    /// Nil when it was interrupted.
    private func offer(_ scenario: Scenario) throws(LoadError) -> RunResult? {
        let run = try LoadRun(scenario: scenario, options: try options.runOptions())
        let signals = Interruption.watch(run)
        defer { for signal in signals { signal.cancel() } }
        let outcome = try run.run { _ in }
        return outcome.wasInterrupted ? nil : outcome.result
    }

    private func conclude(
        _ search: SaturationSearch, _ best: RunResult?, _ lastFailure: RunResult?
    ) throws(LoadError) -> Int32 {
        if let best, let output { try ResultFile.write(best.json, to: output) }
        let wasGenerator = lastFailure?.generator.certified == false
        let because = wasGenerator ? ": \(lastFailure?.generator.reasons.first ?? "")" : ""
        guard let limit = search.highestHeld else {
            print("even \(Int(from))/s is too much\(because)")
            return wasGenerator ? Verdict.notCertified.rawValue : Verdict.objectiveMissed.rawValue
        }
        if wasGenerator {
            print("at least \(Int(limit))/s; beyond it the generator was the limit\(because)")
            return Verdict.notCertified.rawValue
        }
        print("the limit is \(Int(limit))/s\(search.lowestFailed == nil ? " or more: --to was reached" : "")")
        return Verdict.held.rawValue
    }

    private static func figures(_ result: RunResult) -> String {
        let p999 = (result.total.responseTimePercentiles.p999Seconds * 1e5).rounded() / 100
        let late = (result.generator.lateness.p99Seconds * 1e5).rounded() / 100
        let errors = (result.total.errorRate * 1e5).rounded() / 1e3
        return
            "p99.9 \(p999) ms, errors \(errors) %, \(Int(result.completedPerSecond)) completed/s, generator late by \(late) ms at p99"
    }
}
