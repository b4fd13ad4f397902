/// A result as one HTML page that needs nothing else: no script, no font, no picture from anywhere.
public struct HTMLReport {
    let result: RunResult

    public init(_ result: RunResult) {
        self.result = result
    }

    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(HTML.escaped(result.scenario)) – load test</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        \(header)
        \(verdict)
        \(tiles)
        <section aria-labelledby="latency"><h2 id="latency">What users felt</h2>
        \(percentilePlot)
        \(percentileTable)
        </section>
        <section aria-labelledby="time"><h2 id="time">Over time</h2>
        \(timePlots)
        \(secondsTable)
        </section>
        \(operationsSection)
        \(verificationSection)
        \(chaosSection)
        \(generatorSection)
        </main>
        </body>
        </html>

        """
    }

    // MARK: the top of the page

    private var header: String {
        let loop = result.loop == .open ? "open loop, as scheduled" : "closed loop"
        return """
            <header>
            <p class="kind">Load test</p>
            <h1>\(HTML.escaped(result.scenario))</h1>
            <p class="facts">\(HTML.escaped(result.targets.joined(separator: ", ")))<br>
            \(HTML.escaped(result.startTime)) · \(Readable.duration(result.durationSeconds)) · \(loop) ·
            \(result.workers) \(result.workers == 1 ? "worker" : "workers"), \(result.connections) connections</p>
            </header>
            """
    }

    private var verdict: String {
        let verdict = Verdict(of: result)
        let style =
            switch verdict {
            case .held: "good"
            case .objectiveMissed, .promiseBroken: "bad"
            case .notCertified, .notVerified: "warn"
            }
        var lines = result.objectives.map { objective in
            """
            <li class="\(objective.held ? "good" : "bad")"><b>\(objective.held ? "✓" : "✗")</b>
            \(HTML.escaped(objective.name)): \(HTML.escaped(objective.measured))
            <span>(\(HTML.escaped(objective.bound)))</span></li>
            """
        }
        if let verification = result.verification {
            let mark = verification.held ? "✓" : "✗"
            let text =
                verification.violationCount > 0
                ? "\(Readable.count(UInt64(verification.violationCount))) broken promises"
                : verification.incomplete.map { "not checked to the end: \($0)" }
                    ?? "\(Readable.count(UInt64(verification.events))) events count exactly once"
            lines.append(
                "<li class=\"\(verification.held ? "good" : "bad")\"><b>\(mark)</b> \(HTML.escaped(text))</li>")
        }
        lines += result.generator.reasons.map { "<li class=\"warn\"><b>!</b> \(HTML.escaped($0))</li>" }
        let list = lines.isEmpty ? "" : "<ul>\(lines.joined(separator: "\n"))</ul>"
        let summary = verdict.summary
        return """
            <section class="verdict \(style)" aria-label="Verdict">
            <p>\(HTML.escaped(summary.prefix(1).uppercased() + summary.dropFirst()))</p>
            \(list)
            </section>
            """
    }

    private var tiles: String {
        let times = result.total.responseTimePercentiles
        let figures = [
            ("Completed", "\(Readable.number(result.completedPerSecond.rounded()))/s"),
            ("p50", Readable.duration(times.p50Seconds)), ("p99", Readable.duration(times.p99Seconds)),
            ("p99.9", Readable.duration(times.p999Seconds)), ("Longest", Readable.duration(times.maxSeconds)),
            ("Failed or dropped", Readable.percent(result.total.errorRate)),
        ]
        let tiles = figures.map { "<div><dt>\($0.0)</dt><dd>\(HTML.escaped($0.1))</dd></div>" }
        return "<dl class=\"tiles\">\(tiles.joined())</dl>"
    }
}
