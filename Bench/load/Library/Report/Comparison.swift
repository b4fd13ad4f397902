/// Two results side by side: what the second has gained or lost.
public struct Comparison {
    /// One figure of both.
    public struct Row: Sendable, Equatable {
        public var name: String
        public var first: Double
        public var second: Double
        public var unit: Unit
        /// Whether it counts for `worst`: extremes of a run are chance.
        public var isJudged: Bool

        public enum Unit: Sendable {
            /// More is better.
            case perSecond
            /// Less is better.
            case seconds
            /// Less is better; one in a thousand is added to both before they are divided, since 0 is no base to compare with.
            case share
        }

        /// How much worse the second is: above 1 it is worse, below 1 better; 1 where neither has a figure.
        public var ratio: Double {
            let (better, worse): (Double, Double) =
                switch unit {
                case .perSecond: (second, first)
                case .seconds: (first, second)
                case .share: (first + 0.001, second + 0.001)
                }
            return better == worse ? 1 : worse / better
        }
    }

    public let rows: [Row]
    /// What makes the two hard to compare, in words.
    public let warnings: [String]

    public init(_ first: RunResult, _ second: RunResult) {
        var rows = Self.rows("total", first, first.total, second, second.total)
        for operation in first.operations {
            guard let other = second.operations.first(where: { $0.name == operation.name }) else { continue }
            // One operation is the total.
            if first.operations.count > 1 || second.operations.count > 1 {
                rows += Self.rows(operation.name, first, operation, second, other)
            }
        }
        self.rows = rows
        warnings = Self.warnings(first, second)
    }

    /// The judged row that lost most.
    public var worst: Row? {
        rows.filter(\.isJudged).max { $0.ratio < $1.ratio }
    }

    private static func rows(
        _ name: String, _ first: RunResult, _ firstPart: OperationResult, _ second: RunResult,
        _ secondPart: OperationResult
    ) -> [Row] {
        func perSecond(_ result: RunResult, _ part: OperationResult) -> Double {
            result.durationSeconds > 0 ? Double(part.completed) / result.durationSeconds : 0
        }
        var rows = [
            Row(
                name: "\(name) completed per second", first: perSecond(first, firstPart),
                second: perSecond(second, secondPart), unit: .perSecond, isJudged: true),
            Row(
                name: "\(name) error rate", first: firstPart.errorRate, second: secondPart.errorRate, unit: .share,
                isJudged: true),
        ]
        let points: [(String, KeyPath<Percentiles, Double>, Bool)] = [
            ("p50", \.p50Seconds, true), ("p90", \.p90Seconds, true), ("p99", \.p99Seconds, true),
            ("p99.9", \.p999Seconds, true), ("p99.99", \.p9999Seconds, false), ("max", \.maxSeconds, false),
        ]
        for (label, path, isJudged) in points {
            rows.append(
                Row(
                    name: "\(name) \(label)", first: firstPart.responseTimePercentiles[keyPath: path],
                    second: secondPart.responseTimePercentiles[keyPath: path], unit: .seconds, isJudged: isJudged))
        }
        return rows
    }

    private static func warnings(_ first: RunResult, _ second: RunResult) -> [String] {
        var warnings: [String] = []
        if first.scenario != second.scenario {
            warnings.append("The scenarios differ: \(first.scenario) and \(second.scenario).")
        }
        if first.loop != second.loop { warnings.append("One run has an open loop, the other a closed one.") }
        if first.settings != second.settings { warnings.append("The scenarios' settings differ.") }
        for (name, result) in [("first", first), ("second", second)] where !result.generator.certified {
            warnings.append("The \(name) result is not certified: \(result.generator.reasons.joined(separator: "; ")).")
        }
        return warnings
    }

    /// A table for a terminal, ending with a line break.
    public var table: String {
        let cells = rows.map { row in
            [row.name, Self.text(row.first, row.unit), Self.text(row.second, row.unit), Self.ratioText(row.ratio)]
        }
        let header = ["", "first", "second", "ratio (above 1 is worse)"]
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        return ([header] + cells).map { line in
            zip(line, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func text(_ value: Double, _ unit: Row.Unit) -> String {
        switch unit {
        case .perSecond: Readable.number(value)
        case .seconds: Readable.duration(value)
        case .share: Readable.percent(value)
        }
    }

    static func ratioText(_ ratio: Double) -> String {
        ratio.isFinite ? "\(Readable.digits(ratio))×" : "∞"
    }
}
