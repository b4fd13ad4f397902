extension RunResult {
    /// What a terminal shows of a run when it is over: some lines, each with its end.
    public var summary: String {
        var lines = [
            "",
            "\(scenario) against \(targets.joined(separator: ", ")): \(Readable.duration(durationSeconds)), "
                + "\(connections) connections, \(workers) \(workers == 1 ? "thread" : "threads"), \(loop.rawValue) loop",
            row("", ["started", "done/s", "failed", "dropped", "late", "p50", "p90", "p99", "p99.9", "p99.99", "max"]),
            row("response time", figures(of: total, total.responseTimePercentiles)),
            row("service time", figures(of: total, total.serviceTimePercentiles)),
        ]
        let parts = (operations.count > 1 ? operations : []) + (phases.count > 1 ? phases : [])
        lines += parts.map { row("  \($0.name)", figures(of: $0, $0.responseTimePercentiles)) }
        lines += failures
        lines.append(generatorLine)
        lines += generator.reasons.map { "NOT CERTIFIED: \($0)" }
        lines += objectives.map { "\($0.held ? "held  " : "MISSED") \($0.name) \($0.bound): \($0.measured)" }
        lines += chaosLines + verificationLines
        return (lines + [Verdict(of: self).summary]).map { $0 + "\n" }.joined()
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        // Columns of fixed width, so that rows line up; longer cells push what follows.
        let title = name.padded(to: 16)
        return title + cells.map { " " + String($0.reversed()).padded(to: 9).reversed() }.joined()
    }

    private func figures(of part: OperationResult, _ times: Percentiles) -> [String] {
        let seconds = seconds(of: part)
        return [
            Readable.count(part.started), Readable.number(seconds > 0 ? Double(part.completed) / seconds : 0),
            Readable.count(part.failed), Readable.count(part.dropped), Readable.count(part.late),
        ]
            + [
                times.p50Seconds, times.p90Seconds, times.p99Seconds, times.p999Seconds, times.p9999Seconds,
                times.maxSeconds,
            ].map(Readable.duration)
    }

    /// Of a phase its own length, of all else the run's.
    private func seconds(of part: OperationResult) -> Double {
        guard let index = phases.firstIndex(where: { $0.name == part.name }), phases.count > 1 else {
            return durationSeconds
        }
        let edges = [0] + marks.filter { mark in phases.contains { $0.name == mark.label } }.map(\.atSeconds)
        guard edges.count == phases.count else { return durationSeconds }
        return (index + 1 < edges.count ? edges[index + 1] : durationSeconds) - edges[index]
    }

    private var failures: [String] {
        let timeouts = total.timeouts > 0 ? [ErrorCount(kind: "no answer in time", count: total.timeouts)] : []
        return (timeouts + total.errors).map { "failed: \($0.kind): \(Readable.count($0.count))" }
    }

    private var generatorLine: String {
        "generator: \(Readable.percent(generator.cpuShare)) of a processor for each thread; late by "
            + "\(Readable.duration(generator.lateness.p50Seconds)) at p50, "
            + "\(Readable.duration(generator.lateness.p99Seconds)) at p99, at most "
            + Readable.duration(generator.lateness.maxSeconds)
    }

    private var chaosLines: [String] {
        chaos.map { event in
            let outcome =
                event.recoveredAfterSeconds.map { "back after \(Readable.duration($0))" } ?? "DID NOT COME BACK"
            return "\(event.kind.rawValue) at \(Readable.clock(event.atSeconds)): \(outcome)"
        }
    }

    private var verificationLines: [String] {
        guard let found = verification else { return [] }
        let line =
            "verified: \(found.events) events of \(found.deals) deals, \(found.acknowledged) acknowledged, \(found.resent) sent again of "
            + "which \(found.resentThatHadCounted) had counted; \(found.answersChecked) answers and \(found.scoresCompared) scores checked"
        return [line] + found.violations.map { "BROKEN: \($0)" }
            + (found.violationCount > found.violations.count ? ["BROKEN: \(found.violationCount) in all"] : [])
            + (found.incomplete.map { ["NOT VERIFIED: \($0)"] } ?? [])
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
