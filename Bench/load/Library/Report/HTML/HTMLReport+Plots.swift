import Foundation

extension HTMLReport {
    /// Points of a plot at most: more than a screen has columns are only bytes.
    private static let pointsMax = 600

    // MARK: latency by percentile

    /// As HdrHistogram's plotter draws it: each nine of the percentile takes as much room as the one before.
    var percentilePlot: String {
        let total = result.total
        guard total.responseTime.count > 0 else { return "<p>No request was completed.</p>" }
        let nines = max(1, min(6, log10(Double(total.responseTime.count)).rounded(.up)))
        let curves =
            [("Response time, from the planned start", total.responseTime, "response")]
            + [("Service time, from the real start", total.serviceTime, "service")].filter { $0.1.count > 0 }
        let smallest = curves.map { Double($0.1.minNanoseconds) / 1e9 }.min() ?? 0
        let largest = curves.map { Double($0.1.maxNanoseconds) / 1e9 }.max() ?? 0
        let labels = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"]
        return Plot(
            title: "Latency by percentile",
            summary: "Latency by percentile: p50 \(Readable.duration(total.responseTimePercentiles.p50Seconds)), p99 "
                + "\(Readable.duration(total.responseTimePercentiles.p99Seconds)), longest "
                + Readable.duration(total.responseTimePercentiles.maxSeconds),
            x: PlotAxis(
                lower: 0, upper: nines, ticks: (0...Int(nines)).map { .init(value: Double($0), label: labels[$0]) }),
            y: .durations(from: smallest, to: largest),
            // The real start is never before the planned one: drawn first, it is the lower of the two.
            layers: curves.reversed().map { .line(Self.points(of: $0.1, nines: nines), style: $0.2) },
            legend: curves.map { Plot.LegendEntry(name: $0.0, style: $0.2) }
        ).html
    }

    private static func points(of distribution: LatencyDistribution, nines: Double) -> [Plot.Point?] {
        // Past the last duration there is nothing.
        let end = min(nines, log10(Double(distribution.count)))
        let count = 240
        return (0...count).map { index in
            let x = end * Double(index) / Double(count)
            let nanoseconds = distribution.nanoseconds(atPercentile: 100 * (1 - pow(10, -x)))
            return Plot.Point(x: x, y: Double(nanoseconds) / 1e9)
        }
    }

    // MARK: over time

    var timePlots: String {
        let columns = self.columns
        guard !columns.isEmpty else { return "<p>The run was over before its first second was.</p>" }
        return [ratePlot(columns), latencyPlot(columns), errorPlot(columns), backlogPlot(columns)].joined(
            separator: "\n")
    }

    private var timeAxis: PlotAxis {
        .time(max(result.durationSeconds, Double((result.series.last?.second ?? 0) + 1)))
    }

    private func ratePlot(_ columns: [SecondSample]) -> String {
        let seconds = Double(columnSeconds)
        let largest = columns.map { Double(max($0.planned, $0.completed)) / seconds }.max() ?? 0
        let completed = columns.map { Plot.Point(x: middle($0), y: Double($0.completed) / seconds) }
        var layers = happenings(isLabelled: true)
        layers += [.area(completed, style: "completed"), .line(completed, style: "completed")]
        var legend = [Plot.LegendEntry(name: "Completed", style: "completed")]
        if result.loop == .open {
            let planned = columns.map { Plot.Point(x: middle($0), y: Double($0.planned) / seconds) }
            layers.append(.line(planned, style: "planned"))
            legend.insert(Plot.LegendEntry(name: "Planned", style: "planned"), at: 0)
        }
        return Plot(
            title: "Requests per second",
            summary: "Requests per second over time, at most \(Readable.number(largest.rounded()))",
            x: timeAxis, y: .linear(to: largest) { Readable.number($0) }, layers: layers, legend: legend
        ).html
    }

    private func latencyPlot(_ columns: [SecondSample]) -> String {
        let curves: [(String, KeyPath<SecondSample, Double>, String)] = [
            ("p50", \.p50Seconds, "p50"), ("p99", \.p99Seconds, "p99"), ("p99.9", \.p999Seconds, "p999"),
        ]
        let values = columns.flatMap { column in curves.map { column[keyPath: $0.1] } }.filter { $0 > 0 }
        guard let smallest = values.min(), let largest = values.max() else { return "" }
        let lines = curves.map { curve in
            Plot.Layer.line(
                columns.map { column in
                    let seconds = column[keyPath: curve.1]
                    return seconds > 0 ? Plot.Point(x: middle(column), y: seconds) : nil
                }, style: curve.2)
        }
        return Plot(
            title: "Response time",
            summary: "Response time over time: p99.9 of a second at most \(Readable.duration(largest))",
            x: timeAxis, y: .durations(from: smallest, to: largest), layers: happenings(isLabelled: false) + lines,
            legend: curves.map { Plot.LegendEntry(name: $0.0, style: $0.2) }
        ).html
    }

    private func errorPlot(_ columns: [SecondSample]) -> String {
        let seconds = Double(columnSeconds)
        let largest = columns.map { Double($0.errors) / seconds }.max() ?? 0
        guard largest > 0 else { return "<p class=\"none\">No request failed.</p>" }
        let bars = columns.filter { $0.errors > 0 }.map {
            Plot.Point(x: Double($0.second), y: Double($0.errors) / seconds)
        }
        return Plot(
            title: "Errors per second",
            summary: "Errors per second over time, at most \(Readable.number(largest.rounded()))",
            x: timeAxis, y: .linear(to: largest, steps: 2) { Readable.number($0) },
            layers: happenings(isLabelled: false) + [.bars(bars, width: seconds, style: "errors")], isLow: true
        ).html
    }

    private func backlogPlot(_ columns: [SecondSample]) -> String {
        let largest = columns.map { Double($0.backlog) }.max() ?? 0
        guard largest > 0 else { return "<p class=\"none\">No request waited at the end of a second.</p>" }
        let points = columns.map { Plot.Point(x: middle($0), y: Double($0.backlog)) }
        return Plot(
            title: "Backlog: planned and not answered yet",
            summary: "Backlog over time, at most \(Readable.number(largest))",
            x: timeAxis, y: .linear(to: largest, steps: 2) { Readable.number($0) },
            layers: happenings(isLabelled: false)
                + [.area(points, style: "backlog"), .line(points, style: "backlog")], isLow: true
        ).html
    }

    /// Chaos and what the scenario marks, behind the curves. Text of many would be in each other's way.
    private func happenings(isLabelled: Bool) -> [Plot.Layer] {
        let outages = result.chaos.compactMap { event in
            event.recoveredAfterSeconds.map { recovered in
                Plot.Layer.band(from: event.atSeconds, to: event.atSeconds + recovered, style: "outage")
            }
        }
        let all =
            result.chaos.map { (at: $0.atSeconds, label: $0.kind.rawValue, style: "chaos") }
            + result.marks.map { (at: $0.atSeconds, label: $0.label, style: "planned-mark") }
        let isLabelled = isLabelled && all.count <= 8
        return outages
            + all.sorted { $0.at < $1.at }.map {
                .rule(at: $0.at, label: isLabelled ? $0.label : nil, style: $0.style)
            }
    }

    // MARK: columns

    /// Seconds in a column.
    private var columnSeconds: Int {
        max(1, (result.series.count + Self.pointsMax - 1) / Self.pointsMax)
    }

    /// The series in at most `pointsMax` columns: counts are added, of the rest the worst is kept.
    var columns: [SecondSample] {
        stride(from: 0, to: result.series.count, by: columnSeconds).map { start in
            var column = result.series[start]
            for sample in result.series[start..<min(start + columnSeconds, result.series.count)].dropFirst() {
                column.planned += sample.planned
                column.completed += sample.completed
                column.errors += sample.errors
                column.backlog = max(column.backlog, sample.backlog)
                column.p50Seconds = max(column.p50Seconds, sample.p50Seconds)
                column.p99Seconds = max(column.p99Seconds, sample.p99Seconds)
                column.p999Seconds = max(column.p999Seconds, sample.p999Seconds)
            }
            return column
        }
    }

    private func middle(_ column: SecondSample) -> Double {
        Double(column.second) + Double(columnSeconds) / 2
    }
}
