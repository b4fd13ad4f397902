import Foundation

/// Numbers as people read them: three significant digits and the unit that fits.
enum Readable {
    /// "812 µs", "1.24 ms", "3.20 s", "0".
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-9: "0"
        case ..<999.5e-9: "\(digits(seconds * 1e9)) ns"
        case ..<999.5e-6: "\(digits(seconds * 1e6)) µs"
        case ..<999.5e-3: "\(digits(seconds * 1e3)) ms"
        case ..<120: "\(digits(seconds)) s"
        case ..<7_200: "\(digits(seconds / 60)) min"
        default: "\(digits(seconds / 3_600)) h"
        }
    }

    /// "1,234,567"; fractions below 100 only: "12.3".
    static func number(_ value: Double) -> String {
        value < 99.95 && value != value.rounded() ? digits(value) : count(UInt64(max(0, value).rounded()))
    }

    /// "1,234,567".
    static func count(_ value: UInt64) -> String {
        var text = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Of a share in [0, 1]: "12.3 %", "0.00123 %", "0 %".
    static func percent(_ share: Double) -> String {
        share == 0 ? "0 %" : share >= 1 ? "100 %" : "\(digits(share * 100)) %"
    }

    /// Three significant digits, without an exponent.
    static func digits(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        // What rounds up to the next power of ten has its digits.
        let magnitude = Int(floor(log10(abs(value) * 1.000_5)))
        return String(format: "%.\(min(max(2 - magnitude, 0), 9))f", value)
    }

    /// Minutes and seconds of a run: "02:05", "1:02:05".
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        let minutes = String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
        return whole >= 3_600 ? "\(whole / 3_600):\(minutes)" : minutes
    }
}
