import Foundation

/// One axis of a plot: where values lie along it, and which of them are written beside it.
struct PlotAxis {
    /// A value with a line through the plot and its text.
    struct Tick {
        var value: Double
        var label: String
    }

    let lower: Double
    let upper: Double
    let isLogarithmic: Bool
    let ticks: [Tick]

    /// *Invariant:* `lower < upper`, and `lower > 0` on a logarithmic axis.
    init(lower: Double, upper: Double, isLogarithmic: Bool = false, ticks: [Tick]) {
        precondition(lower < upper)
        precondition(!isLogarithmic || lower > 0)
        self.lower = lower
        self.upper = upper
        self.isLogarithmic = isLogarithmic
        self.ticks = ticks
    }

    /// From 0 to a round number that is not below `largest`, in at most so many steps.
    static func linear(to largest: Double, steps: Double = 5, label: (Double) -> String) -> PlotAxis {
        let step = roundStep(atLeast: max(largest, 1e-9) / steps)
        let count = max(1, Int((largest / step).rounded(.up)))
        return PlotAxis(
            lower: 0, upper: Double(count) * step,
            ticks: (0...count).map { Tick(value: Double($0) * step, label: label(Double($0) * step)) })
    }

    /// Of times in a run: to its very end, ticks at round times.
    static func time(_ seconds: Double) -> PlotAxis {
        let seconds = max(seconds, 1)
        let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400.0]
        let step = steps.first { seconds / $0 <= 6 } ?? seconds / 6
        let ticks = stride(from: 0, through: seconds, by: step).map { Tick(value: $0, label: Readable.clock($0)) }
        return PlotAxis(lower: 0, upper: seconds, ticks: ticks)
    }

    /// Of durations: logarithmic, between round values that take in both. Powers of ten are written, and 2 and 5 times them where there
    /// are few.
    static func durations(from smallest: Double, to largest: Double) -> PlotAxis {
        let floor = roundValue(atMost: max(smallest, 1e-9))
        let ceiling = max(roundStep(atLeast: largest), floor * 10)
        var values = [floor]
        while let last = values.last, last < ceiling * 0.999 { values.append(roundStep(atLeast: last * 1.01)) }
        let isShort = ceiling / floor <= 150
        let ticks = values.filter { isShort || isPowerOfTen($0) }
        return PlotAxis(
            lower: floor, upper: ceiling, isLogarithmic: true,
            ticks: ticks.map { Tick(value: $0, label: roundDuration($0)) })
    }

    /// Where a value lies, [0, 1] from the lower end; values beyond an end lie on it.
    func position(_ value: Double) -> Double {
        let share =
            isLogarithmic
            ? log(max(value, lower) / lower) / log(upper / lower) : (value - lower) / (upper - lower)
        return min(max(share, 0), 1)
    }

    /// 1, 2 or 5 times a power of ten.
    private static func roundStep(atLeast value: Double) -> Double {
        let power = pow(10, Foundation.floor(log10(value)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value * 0.999_999 } ?? 10 * power
    }

    private static func roundValue(atMost value: Double) -> Double {
        let power = pow(10, Foundation.floor(log10(value)))
        return [5, 2, 1].map { $0 * power }.first { $0 <= value * 1.000_001 } ?? power
    }

    private static func isPowerOfTen(_ value: Double) -> Bool {
        let exponent = log10(value)
        return abs(exponent - exponent.rounded()) < 1e-6
    }

    /// "1 ms", not "1.00 ms".
    private static func roundDuration(_ seconds: Double) -> String {
        for (unit, scale) in [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)] where seconds >= scale * 0.999 {
            return "\(Int((seconds / scale).rounded())) \(unit)"
        }
        return "0"
    }
}
