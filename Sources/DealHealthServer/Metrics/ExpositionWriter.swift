/// Writes families in one of the two formats.
///
/// ```
/// text 0.0.4                          OpenMetrics 1.0.0
/// # HELP name_total what it is        # TYPE name counter
/// # TYPE name_total counter           # UNIT name seconds       (only if the name ends in a unit)
/// name_total{label="value"} 1         # HELP name what it is
///                                     name_total{label="value"} 1
///                                     # EOF
/// ```
/// Sources: Prometheus "Exposition formats"; OpenMetrics 1.0.0, sections "ABNF" and "MetricFamily".
struct ExpositionWriter {
    private let format: ExpositionFormat
    private var bytes: [UInt8] = []

    /// A writer of nothing yet, with room for `expectedLines`.
    init(format: ExpositionFormat, expectedLines: Int) {
        self.format = format
        bytes.reserveCapacity(expectedLines * 96)
    }

    /// Appends the comments of a family and then its series, sorted by labels.
    mutating func write(_ family: MetricFamily, help: String) {
        writeComments(family, help: help)
        for (labels, instrument) in family.instruments.sorted(by: { $0.key < $1.key }) {
            switch instrument {
            case .counter(let cell): writeSample(family.name, "", labels, value: cell.text)
            case .gauge(let cell): writeSample(family.name, "", labels, value: cell.text)
            case .histogram(let cell): writeHistogram(family.name, labels, cell)
            }
        }
    }

    /// Everything written, closed as the format asks.
    consuming func finish() -> [UInt8] {
        if format == .openMetrics { append("# EOF\n") }
        return bytes
    }

    private mutating func writeComments(_ family: MetricFamily, help: String) {
        switch format {
        case .text:
            writeComment("HELP", family.name, Self.escaped(help, quotes: false))
            writeComment("TYPE", family.name, family.kind.rawValue)
        case .openMetrics:
            let name = MetricName.family(family.name, kind: family.kind)
            writeComment("TYPE", name, family.kind.rawValue)
            if let unit = MetricUnit(name: name) { writeComment("UNIT", name, unit.rawValue) }
            writeComment("HELP", name, Self.escaped(help, quotes: true))
        }
    }

    private mutating func writeComment(_ keyword: String, _ name: String, _ text: String) {
        append("# ")
        append(keyword)
        append(" ")
        append(name)
        append(" ")
        append(text)
        append("\n")
    }

    private mutating func writeHistogram(_ name: String, _ labels: LabelSet, _ cell: HistogramCell) {
        let counts = cell.cumulativeCounts()
        for (bound, count) in zip(cell.buckets.boundTexts, counts) {
            writeSample(name, "_bucket", labels, bound: bound, value: String(count))
        }
        writeSample(name, "_sum", labels, value: cell.sumText)
        writeSample(name, "_count", labels, value: String(counts.last ?? 0))
    }

    private mutating func writeSample(
        _ name: String, _ suffix: String, _ labels: LabelSet, bound: String? = nil, value: String
    ) {
        append(name)
        append(suffix)
        if bound != nil || !labels.text.isEmpty {
            append("{")
            append(labels.text)
            if let bound {
                append(labels.text.isEmpty ? "le=\"" : ",le=\"")
                append(bound)
                append("\"")
            }
            append("}")
        }
        append(" ")
        append(value)
        append("\n")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Help text with backslash and line feed escaped, and in OpenMetrics the double quote too.
    private static func escaped(_ help: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
