/// A stretch of time in which the rate of arrivals changes evenly.
public struct Segment: Sendable, Hashable {
    /// Seconds, more than 0.
    public let seconds: Double
    /// Arrivals a second at its begin and at its end, in [0, `LoadLimits.rateMax`].
    public let startRate: Double
    public let endRate: Double

    public init(seconds: Double, startRate: Double, endRate: Double) {
        precondition(seconds > 0, "a segment lasts")
        precondition(startRate >= 0, "rates are not negative")
        precondition(endRate >= 0, "rates are not negative")
        (self.seconds, self.startRate, self.endRate) = (seconds, startRate, endRate)
    }

    public init(seconds: Double, rate: Double) {
        self.init(seconds: seconds, startRate: rate, endRate: rate)
    }

    /// By how much the rate grows in a second.
    var slope: Double { (endRate - startRate) / seconds }

    /// The highest rate in it.
    var peak: Double { max(startRate, endRate) }

    func rate(at second: Double) -> Double {
        startRate + slope * second
    }

    /// The arrivals expected from `second` to the end.
    func expected(from second: Double) -> Double {
        (rate(at: second) + endRate) / 2 * (seconds - second)
    }

    /// How long after `second` so many arrivals are expected; nil when that is not before the end.
    ///
    /// Solves `r·d + a·d²/2 = arrivals` in the form that stays exact for small slopes.
    func time(for arrivals: Double, from second: Double) -> Double? {
        guard arrivals < expected(from: second) else { return nil }
        let rate = rate(at: second)
        return 2 * arrivals / (rate + max(0, rate * rate + 2 * slope * arrivals).squareRoot())
    }

    /// The same at `factor` times the rates.
    func times(_ factor: Double) -> Segment {
        Segment(seconds: seconds, startRate: startRate * factor, endRate: endRate * factor)
    }
}
