/// A named part of a schedule, reported for itself.
public struct Phase: Sendable, Hashable {
    public let name: String
    public let segments: [Segment]

    public init(name: String, segments: [Segment]) {
        precondition(!segments.isEmpty, "a phase lasts")
        (self.name, self.segments) = (name, segments)
    }

    public var seconds: Double { segments.reduce(0) { $0 + $1.seconds } }

    /// The expected arrivals.
    public var arrivals: Double { segments.reduce(0) { $0 + $1.expected(from: 0) } }

    /// The same at `factor` times the rates.
    func times(_ factor: Double) -> Phase {
        Phase(name: name, segments: segments.map { $0.times(factor) })
    }

    // MARK: shapes

    /// From one rate to another in steps of equal length and height; the first step is at `from`, the last at `to`.
    static func stairs(from: Double, to: Double, steps: Int, seconds: Double) -> [Segment] {
        precondition(steps >= 2, "stairs have steps")
        return (0..<steps).map { step in
            let share = Double(step) / Double(steps - 1)
            return Segment(seconds: seconds / Double(steps), rate: from + share * (to - from))
        }
    }

    /// Slow rises, each followed by a fall at once; the last may be cut short.
    static func sawtooth(from: Double, to: Double, period: Double, seconds: Double) -> [Segment] {
        stride(from: 0, to: seconds, by: period).map { start in
            let length = min(period, seconds - start)
            return Segment(seconds: length, startRate: from, endRate: from + (to - from) * length / period)
        }
    }

    /// The base rate with a multiple of it between two instants.
    static func spike(base: Double, factor: Double, between: Range<Double>, seconds: Double) -> [Segment] {
        let parts = [
            (between.lowerBound, base), (between.upperBound - between.lowerBound, base * factor),
            (seconds - between.upperBound, base),
        ]
        return parts.filter { $0.0 > 0 }.map { Segment(seconds: $0.0, rate: $0.1) }
    }
}
