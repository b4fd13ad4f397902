/// Turns swift-metrics labels into names that Prometheus accepts.
///
/// Source: Prometheus data model, metric names `[a-zA-Z_:][a-zA-Z0-9_:]*`, label names `[a-zA-Z_][a-zA-Z0-9_]*`
/// with a leading `__` reserved for Prometheus itself.
enum MetricName {
    /// The suffix that every counter carries.
    static let counterSuffix = "_total"

    /// `label` itself if it is a valid metric name, otherwise with each invalid scalar replaced by `_`.
    static func sanitized(_ label: String) -> String {
        sanitize(label, allowsColon: true)
    }

    /// As `sanitized`, and ending in `_total`.
    static func counter(_ label: String) -> String {
        let name = sanitized(label)
        return name.hasSuffix(counterSuffix) ? name : name + counterSuffix
    }

    /// A valid label name. `le` becomes `le_` because the exposition writes it for histograms, and a leading
    /// `__` becomes `_`.
    static func label(_ raw: String) -> String {
        let name = sanitize(raw, allowsColon: false)
        if name == "le" { return "le_" }
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    /// The OpenMetrics family of a metric: a counter's name without `_total`, any other name as it is.
    static func family(_ name: String, kind: MetricKind) -> String {
        guard kind == .counter else { return name }
        assert(name.hasSuffix(counterSuffix), "a counter is registered with its suffix")
        return String(name.dropLast(counterSuffix.count))
    }

    /// At most `MetricsLimits.textBytes` bytes of `text`, cut at a scalar's border.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > MetricsLimits.textBytes else { return text }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > MetricsLimits.textBytes { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    private static func sanitize(_ raw: String, allowsColon: Bool) -> String {
        if isValid(raw, allowsColon: allowsColon) { return raw }
        var name = String.UnicodeScalarView()
        for scalar in bounded(raw).unicodeScalars {
            let isAllowed = scalar.isASCII && isAllowed(UInt8(scalar.value), allowsColon: allowsColon)
            name.append(isAllowed ? scalar : "_")
        }
        guard let first = name.first, !("0"..."9").contains(first) else { return "_" + String(name) }
        return String(name)
    }

    private static func isValid(_ name: String, allowsColon: Bool) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.count <= MetricsLimits.textBytes
            && name.utf8.allSatisfy { isAllowed($0, allowsColon: allowsColon) }
    }

    private static func isAllowed(_ byte: UInt8, allowsColon: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: ":"): allowsColon
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
