import ArgumentParser
import DealHealthLoad
import Dispatch
import Foundation

/// `run`: plays a scenario, checks what it promised, and says how it went.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays a scenario against one or several targets.",
        discussion: """
            Exit codes: 0 all held, 1 an objective was missed, 2 a promise was broken, 3 not everything could be checked, 4 the generator \
            was not fast enough, 5 there is no result, 64 a wrong option, 130 interrupted.
            """)

    @OptionGroup var options: ScenarioOptions

    @Flag(
        help:
            "Checks every answer, and afterwards that what was acknowledged counts exactly once. Only against DealHealth."
    )
    var verify = false

    @Option(
        name: .customLong("chaos"),
        help: "kill-server=PID-FILE,every=10s or stop-server=PID-FILE,every=10s,for=2s; may be given several times.")
    var chaos: [String] = []

    @Option(help: "Starts the server again after each kill; run by /bin/sh.")
    var restartCommand: String?

    @Option(help: "Writes the result there, as JSON.")
    var output: String?

    @Option(help: "Writes the result there, as a page for people.")
    var html: String?

    func run() throws {
        let code = try orExit { () throws(LoadError) in try play() }
        if code != 0 { throw ExitCode(code) }
    }

    private func play() throws(LoadError) -> Int32 {
        let scenario = try options.readScenario()
        let judge = try judge()
        var runOptions = try options.runOptions()
        if verify { runOptions.verification = try judge.calls.scoring() }
        runOptions.hasChaos = judge.agent != nil
        let run = try LoadRun(scenario: scenario, options: runOptions)
        let signals = Interruption.watch(run)
        defer { for signal in signals { signal.cancel() } }
        let troubles = judge.startChaos(beside: run)
        defer { troubles?.wait() }
        var progress = ProgressLine(totalSeconds: scenario.schedule.measuredSeconds)
        let outcome = try run.run { progress.show($0) }
        progress.end()
        troubles?.wait()
        var result = outcome.result
        result.chaos = troubles?.events ?? []
        if verify {
            var ledger = Ledger(shards: outcome.shards)
            result.verification = ledger.settle(with: judge.calls) { Interruption.isForced }
        }
        if let output { try ResultFile.write(result.json, to: output) }
        if let html { try ResultFile.write(Data(HTMLReport(result).html.utf8), to: html) }
        print(result.summary, terminator: "")
        if let fault = troubles?.fault { throw fault }
        return outcome.wasInterrupted ? Interruption.exitCode : Verdict(of: result).rawValue
    }

    private func judge() throws(LoadError) -> Judge {
        var plans: [ChaosPlan] = []
        for text in chaos { plans.append(try ChaosPlan(text)) }
        guard plans.count <= LoadLimits.chaosPlansMax else {
            throw LoadError(.scenario, "more than \(LoadLimits.chaosPlansMax) --chaos")
        }
        let calls = ServerCalls(base: options.targets[0], token: try options.token())
        let agent = plans.isEmpty ? nil : ChaosAgent(plans: plans, restartCommand: restartCommand, server: calls)
        return Judge(calls: calls, agent: agent)
    }
}

/// Who looks after the server beside the load.
private struct Judge {
    let calls: ServerCalls
    let agent: ChaosAgent?

    func startChaos(beside run: LoadRun) -> Troubles? {
        agent.map { Troubles(agent: $0, run: run) }
    }
}
