import Foundation

/// Makes the result of what the workers of a run report.
struct RunSummary {
    private let scenario: Scenario
    private let targets: [Target]
    private let reports: [WorkerReport]

    /// - Parameter reports: one of each worker.
    init(scenario: Scenario, targets: [Target], reports: [WorkerReport]) {
        precondition(!reports.isEmpty, "a run has workers")
        (self.scenario, self.targets, self.reports) = (scenario, targets, reports)
    }

    func result(startTime: Date, series: [SecondSample]) -> RunResult {
        let operations = merged(\.operations)
        var total = Tally()
        for tally in operations { total.merge(tally) }
        var result = RunResult(
            scenario: scenario.name, targets: targets.map(\.url), loop: scenario.loop == .open ? .open : .closed,
            startTime: startTime.formatted(.iso8601), durationSeconds: measuredSeconds, workers: scenario.threads,
            connections: scenario.connections, total: total.result(name: "total"), generator: health(total))
        result.settings = scenario.settings
        result.operations = zip(scenario.work, operations).map { $1.result(name: $0.name) }
        result.phases = zip(scenario.phases, merged(\.phases)).map { $1.result(name: $0.name) }
        result.series = series
        result.marks = marks
        result.objectives = scenario.objectives.map { objective in
            objective.outcome(of: result.phases.first { $0.name == objective.phase } ?? result.total)
        }
        result.objectives.append(Self.someAnswers(result.total))
        return result
    }

    /// Holds for every scenario: without it a server that is dead from the begin would pass one without objectives.
    private static func someAnswers(_ total: OperationResult) -> ObjectiveOutcome {
        ObjectiveOutcome(
            name: "requests completed", bound: "≥ 1", measured: String(total.completed), held: total.completed > 0)
    }

    private func merged(_ part: (WorkerReport) -> [Tally]) -> [Tally] {
        var sums = part(reports[0])
        for report in reports.dropFirst() {
            for (index, tally) in part(report).enumerated() { sums[index].merge(tally) }
        }
        return sums
    }

    private var measuredSeconds: Double {
        Double(reports.map(\.elapsed).max() ?? 0) / 1e9
    }

    /// Where phases after the first begin.
    private var marks: [TimeMark] {
        var second = 0.0
        var marks: [TimeMark] = []
        for phase in scenario.phases {
            if second > 0 { marks.append(TimeMark(atSeconds: second, label: phase.name)) }
            second += phase.seconds
        }
        return marks
    }

    // MARK: whether the generator was fast enough

    private func health(_ total: Tally) -> GeneratorHealth {
        var lateness = Histogram()
        for report in reports { lateness.merge(report.lateness) }
        let shares = reports.map { $0.elapsed == 0 ? 0 : Double($0.processorTime) / Double($0.elapsed) }
        let processorSeconds = reports.reduce(0) { $0 + Double($1.processorTime) } / 1e9
        return GeneratorHealth(
            cpuShare: shares.reduce(0, +) / Double(shares.count), cpuSeconds: processorSeconds,
            lateness: lateness.distribution.percentiles,
            reasons: reasons(lateness: lateness, response: total.response, busiest: shares.max() ?? 0))
    }

    /// Lateness adds to what is measured, so a tenth of it does not matter.
    private func reasons(lateness: Histogram, response: Histogram, busiest: Double) -> [String] {
        var reasons: [String] = []
        let late = lateness.quantile(0.99) ?? 0
        let allowed = max(scenario.latenessMax, (response.quantile(0.99) ?? 0) / 10)
        if late > allowed {
            reasons.append(
                "it was late by \(Self.milliseconds(late)) at p99, where \(Self.milliseconds(allowed)) are allowed: give it a core of its "
                    + "own, more threads, or less to do")
        }
        if busiest > LoadLimits.workerShareMax {
            reasons.append(
                "a thread used \(Int((busiest * 100).rounded())) % of a processor: the server may be able to do more; give it more threads and cores"
            )
        }
        return reasons
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        "\((Double(nanoseconds) / 1e4).rounded() / 100) ms"
    }
}
