/// The labels of one series in the form they are exposed: `name="value",…`, sorted by name, values escaped.
///
/// Both formats escape label values alike, so that this text is made once, at registration, and is at the same
/// time the identity of the series within its family.
struct LabelSet: Hashable, Comparable, Sendable {
    /// No labels.
    static let none = LabelSet([])

    /// `a="x",b="y"` without braces; empty if there are no labels.
    let text: String

    /// The labels for swift-metrics `dimensions`.
    ///
    /// Names are made valid. Of two labels with the same name the last wins. A label with an empty value is left
    /// out, because to Prometheus it equals a missing one. Values and their number are cut to `MetricsLimits`.
    init(_ dimensions: [(String, String)]) {
        if dimensions.isEmpty {
            text = ""
            return
        }
        var pairs: [(name: String, value: String)] = []
        for (rawName, value) in dimensions {
            let name = MetricName.label(rawName)
            pairs.removeAll { $0.name == name }
            if !value.isEmpty { pairs.append((name, MetricName.bounded(value))) }
        }
        let kept = pairs.prefix(MetricsLimits.labelsPerSeries).sorted { $0.name < $1.name }
        text = kept.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    }

    /// Orders series within a family, by name and then value of their labels.
    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.text < right.text
    }

    /// `value` with backslash, double quote and line feed escaped, as both formats ask.
    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
