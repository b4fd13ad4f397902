/// Numbers as Prometheus reads them. The standard library's `description` knows no locale.
enum FloatText {
    /// A sample's value: the shortest text that reads back as the same number, `+Inf`, `-Inf` or `NaN`.
    static func sample(_ value: Double) -> String {
        if let integer = Int64(exactly: value), integer.magnitude < 1 << 53 { return String(integer) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.description
    }

    /// A bucket's bound in the canonical form of OpenMetrics 1.0.0: `0.5`, `1.0`, `2.5e-05`, `1.048576e+06`.
    ///
    /// Both formats use it, so that the series do not change name when a scraper negotiates the other one.
    /// - Precondition: `value` is finite.
    static func canonical(_ value: Double) -> String {
        precondition(value.isFinite, "+Inf is written by the histogram itself")
        let plain = value.description
        guard value.magnitude >= 1e6, !plain.contains("e") else { return plain }
        let sign = value < 0 ? "-" : ""
        let parts = plain.drop { $0 == "-" }.split(separator: ".")
        let exponent = parts[0].count - 1
        var digits = Array(parts[0] + (parts.count > 1 ? parts[1] : ""))
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let fraction = digits.count > 1 ? "." + String(digits.dropFirst()) : ""
        return "\(sign)\(digits[0])\(fraction)e+\(exponent < 10 ? "0" : "")\(exponent)"
    }
}
