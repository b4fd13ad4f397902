/// The decayed sums of one source's evidence about one deal (DESIGN §4), at the state's reference time.
public struct Evidence: Sendable, Equatable {
    /// P: decayed mass of evidence that the deal works, >= 0.
    public var positive: Double
    /// N: decayed mass of evidence that it does not, >= 0.
    public var negative: Double
    /// Q: sum of the squared decayed masses, >= 0.
    public var squares: Double

    @inlinable
    public init(positive: Double = 0, negative: Double = 0, squares: Double = 0) {
        self.positive = positive
        self.negative = negative
        self.squares = squares
    }

    /// Total decayed mass P + N.
    @inlinable
    public var mass: Double {
        positive + negative
    }

    /// Scales every weight by `factor`.
    @inlinable
    mutating func scale(by factor: Double) {
        positive *= factor
        negative *= factor
        squares *= factor * factor
    }

    /// Adds one piece of evidence of this mass.
    @inlinable
    mutating func add(mass: Double, works: Bool) {
        if works { positive += mass } else { negative += mass }
        squares += mass * mass
    }
}
