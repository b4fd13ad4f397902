/// The two texts that a Prometheus server reads.
public enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus text format 0.0.4, the default.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The value of the `Content-Type` header.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format for an `Accept` header.
    ///
    /// OpenMetrics is chosen only if named, in version 1.0.0 or none, and preferred to or on a par with the text
    /// format; a wildcard asks for text. A scrape is never refused: whatever is not understood gets text.
    /// Source: RFC 9110 section 12.5.1.
    public static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let maximum = MetricsLimits.acceptRanges
        var openMetrics = 0.0
        // The text format's quality by how closely a range names it: exactly, by type, by wildcard.
        var text: [Double?] = [nil, nil, nil]
        for part in accept.split(separator: ",", maxSplits: maximum).prefix(maximum) {
            guard let range = MediaRange(part) else { continue }
            switch range.type {
            case "application/openmetrics-text" where range.version == nil || range.version == "1.0.0":
                openMetrics = max(openMetrics, range.quality)
            case "text/plain" where range.version == nil || range.version == "0.0.4":
                text[0] = max(text[0] ?? 0, range.quality)
            case "text/*":
                text[1] = max(text[1] ?? 0, range.quality)
            case "*/*":
                text[2] = max(text[2] ?? 0, range.quality)
            default:
                continue
            }
        }
        let closest = text.lazy.compactMap { $0 }.first ?? 0
        return openMetrics > 0 && openMetrics >= closest ? .openMetrics : .text
    }
}
