extension HTMLReport {
    /// Rows of a table at most: what a person scrolls through.
    private static let rowsMax = 100

    private static let percentileColumns = ["p50", "p90", "p99", "p99.9", "p99.99", "longest"]

    private static func cells(_ times: Percentiles) -> [String] {
        [
            times.p50Seconds, times.p90Seconds, times.p99Seconds, times.p999Seconds, times.p9999Seconds,
            times.maxSeconds,
        ].map(Readable.duration)
    }

    private static func escaped(_ rows: [[String]]) -> [[String]] {
        rows.map { $0.map(HTML.escaped) }
    }

    // MARK: latency

    var percentileTable: String {
        let total = result.total
        return HTML.table(
            "Percentiles", columns: [""] + Self.percentileColumns,
            rows: Self.escaped([
                ["Response time"] + Self.cells(total.responseTimePercentiles),
                ["Service time"] + Self.cells(total.serviceTimePercentiles),
            ]))
    }

    var secondsTable: String {
        guard !result.series.isEmpty else { return "" }
        let columns = self.columns
        let rows = columns.map { column in
            [
                Readable.clock(Double(column.second)), Readable.count(column.planned), Readable.count(column.completed),
                Readable.count(column.errors), Readable.count(column.backlog), Readable.duration(column.p50Seconds),
                Readable.duration(column.p99Seconds), Readable.duration(column.p999Seconds),
            ]
        }
        let table = HTML.table(
            "Second by second",
            columns: ["From", "Planned", "Completed", "Errors", "Backlog", "p50", "p99", "p99.9"],
            rows: Self.escaped(rows))
        return "<details><summary>The same in numbers</summary>\(table)</details>"
    }

    // MARK: operations

    var operationsSection: String {
        let parts = result.operations.count == 1 ? result.operations : result.operations + [result.total]
        let counts = parts.map { part in
            [
                part.name, Readable.count(part.planned), Readable.count(part.started), Readable.count(part.late),
                Readable.count(part.dropped), Readable.count(part.completed), Readable.count(part.failed),
            ]
        }
        let times = parts.map { [$0.name] + Self.cells($0.responseTimePercentiles) }
        let errors = parts.dropLast(parts.count > 1 ? 1 : 0).flatMap { part in
            (part.errors + [ErrorCount(kind: "no answer in time", count: part.timeouts)]).filter { $0.count > 0 }
                .map { ["\(part.name): \($0.kind)", Readable.count($0.count)] }
        }
        var tables = [
            HTML.table(
                "Requests",
                columns: ["Operation", "Planned", "Started", "Late", "Dropped", "Completed", "Failed"],
                rows: Self.escaped(counts)),
            HTML.table(
                "Response time", columns: ["Operation"] + Self.percentileColumns, rows: Self.escaped(times)),
        ]
        if result.phases.count > 1 {
            let times = result.phases.map { [$0.name] + Self.cells($0.responseTimePercentiles) }
            tables.append(
                HTML.table(
                    "Response time by phase", columns: ["Phase"] + Self.percentileColumns, rows: Self.escaped(times)))
        }
        if !errors.isEmpty {
            tables.append(
                HTML.table(
                    "Failures", columns: ["Kind", "Requests"], rows: Self.escaped(Array(errors.prefix(Self.rowsMax)))))
        }
        return Self.section("operations", "By operation", tables.joined(separator: "\n"))
    }

    // MARK: promises

    var verificationSection: String {
        guard let verification = result.verification else { return "" }
        func count(_ value: Int) -> String { Readable.count(UInt64(value)) }
        let rows = [
            ["Events sent, each different", count(verification.events)],
            ["Deals that they are about", count(verification.deals)],
            ["Acknowledged under load", count(verification.acknowledged)],
            ["Sent again at the end", count(verification.resent)],
            ["Of these, had counted already", count(verification.resentThatHadCounted)],
            ["Answers looked into under load", count(verification.answersChecked)],
            ["Scores compared with the harness's own", count(verification.scoresCompared)],
            [
                "Largest difference, points (two decimals are written)",
                Readable.digits(verification.scoreDifferenceMax),
            ],
            ["Histories compared event by event", count(verification.historiesCompared)],
            ["Broken promises", count(verification.violationCount)],
        ]
        let violations = verification.violations.map { "<li>\(HTML.escaped($0))</li>" }.joined()
        return Self.section(
            "verification", "What was promised",
            HTML.table("What was checked", columns: ["", "Number"], rows: Self.escaped(rows))
                + (violations.isEmpty ? "" : "<ol class=\"violations\">\(violations)</ol>"))
    }

    var chaosSection: String {
        guard !result.chaos.isEmpty else { return "" }
        let rows = result.chaos.prefix(Self.rowsMax).map { event in
            [
                Readable.clock(event.atSeconds), event.kind == .kill ? "killed (SIGKILL)" : "stopped (SIGSTOP)",
                event.recoveredAfterSeconds.map(Readable.duration) ?? "did not come back",
            ]
        }
        return Self.section(
            "chaos", "What was done to the server",
            HTML.table("Chaos", columns: ["At", "The server was", "Back after"], rows: Self.escaped(rows)))
    }

    // MARK: the generator and the settings

    var generatorSection: String {
        let generator = result.generator
        let rows =
            [
                ["Certified", generator.certified ? "yes" : "no: \(generator.reasons.joined(separator: "; "))"],
                [
                    "Processor time",
                    "\(Readable.duration(generator.cpuSeconds)), \(Readable.percent(generator.cpuShare)) of its threads' time",
                ],
                ["Started late by (p50)", Readable.duration(generator.lateness.p50Seconds)],
                ["Started late by (p99.9)", Readable.duration(generator.lateness.p999Seconds)],
                ["Started late by (most)", Readable.duration(generator.lateness.maxSeconds)],
            ] + result.settings.map { [$0.name, $0.value] }
        return Self.section(
            "generator", "The generator and its settings",
            HTML.table("Generator", columns: ["", "Value"], rows: Self.escaped(rows)))
    }

    private static func section(_ id: String, _ title: String, _ content: String) -> String {
        "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(HTML.escaped(title))</h2>\n\(content)\n</section>"
    }
}
