/// Finds the highest rate at which something holds, by trying rates: doubles until it does not hold, then halves the gap, in ratios.
///
/// A rate counts as too high when it did not hold twice: a machine's hiccup is no limit.
public struct SaturationSearch: Sendable {
    /// The highest rate that held; nil while none did. *Invariant:* less than `lowestFailed`.
    public private(set) var highestHeld: Double?
    /// The lowest that did not hold; nil while none.
    public private(set) var lowestFailed: Double?
    /// The next to try; nil when the search is over.
    public private(set) var nextRate: Double?
    private let highest: Double
    private let precision: Double
    private var hasFailedOnce = false

    /// - Parameters:
    ///   - lowest: the first that is tried; when it does not hold, there is no result.
    ///   - highest: no rate above it is tried.
    ///   - precision: the search is over when the limit is known within this ratio, more than 1.
    public init(lowest: Double, highest: Double, precision: Double) {
        precondition(lowest > 0, "a rate is more than nothing")
        precondition(highest >= lowest, "there are rates to try")
        precondition(precision > 1, "a ratio that is never reached")
        (self.highest, self.precision) = (highest, precision)
        nextRate = lowest
    }

    /// How the rate `nextRate` went.
    public mutating func note(held: Bool) {
        guard let rate = nextRate else { preconditionFailure("the search is over") }
        if held {
            highestHeld = rate
        } else if hasFailedOnce {
            lowestFailed = rate
        } else {
            hasFailedOnce = true
            return
        }
        hasFailedOnce = false
        nextRate = following(rate)
    }

    private func following(_ rate: Double) -> Double? {
        guard let highestHeld else { return nil }
        guard let lowestFailed else { return rate == highest ? nil : min(2 * rate, highest) }
        return lowestFailed / highestHeld <= precision ? nil : (highestHeld * lowestFailed).squareRoot()
    }
}
