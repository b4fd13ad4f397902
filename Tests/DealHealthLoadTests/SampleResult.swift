import DealHealthLoad

/// Results as a run would make them.
enum SampleResult {
    /// A quiet run without checks.
    static var plain: RunResult {
        var total = OperationResult(name: "total")
        total.planned = 100
        total.started = 100
        total.completed = 100
        total.responseTime = LatencyDistributionTests.hundred
        total.serviceTime = LatencyDistributionTests.hundred
        total.responseTimePercentiles = total.responseTime.percentiles
        total.serviceTimePercentiles = total.serviceTime.percentiles
        return RunResult(
            scenario: "smoke", targets: ["http://127.0.0.1:8000"], loop: .open, startTime: "2026-11-24T06:00:00Z",
            durationSeconds: 10, workers: 1, connections: 4, total: total,
            generator: GeneratorHealth(
                cpuShare: 0.1, cpuSeconds: 1, lateness: LatencyDistributionTests.hundred.percentiles, reasons: []))
    }

    /// One that has each part.
    static var withEverything: RunResult {
        var result = plain
        result.settings = [NamedText(name: "rate", value: "10/s")]
        result.operations = [OperationResult(name: "read")]
        result.operations[0].errors = [ErrorCount(kind: "status 503", count: 2)]
        result.series = [
            SecondSample(
                second: 0, planned: 10, completed: 9, errors: 1, backlog: 2, p50Seconds: 0.001, p99Seconds: 0.01,
                p999Seconds: 0.02)
        ]
        result.marks = [TimeMark(atSeconds: 3, label: "spike")]
        result.verification = VerificationOutcome(
            deals: 1, events: 2, acknowledged: 1, resent: 1, resentThatHadCounted: 1, answersChecked: 4,
            historiesCompared: 1,
            scoresCompared: 1, scoreDifferenceMax: 0.001, violationCount: 0, violations: [], incomplete: nil)
        result.chaos = [ChaosEvent(kind: .kill, atSeconds: 4, recoveredAfterSeconds: 0.5)]
        result.objectives = [ObjectiveOutcome(name: "p99 of read", bound: "≤ 10 ms", measured: "8 ms", held: true)]
        return result
    }
}
