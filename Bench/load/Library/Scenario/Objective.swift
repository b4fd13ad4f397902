/// A bound that a run must keep (an SLO).
public struct Objective: Sendable, Hashable {
    public enum Measure: Sendable, Hashable {
        /// Of response times: p99 is 99; 100 is the maximum.
        case percentile(Double)
        /// Failed and dropped of all that was planned.
        case errorRate
    }

    public let measure: Measure
    /// Seconds, or a share in [0, 1].
    public let atMost: Double
    /// The phase that it is about; all when nil.
    public let phase: String?

    public init(_ measure: Measure, atMost: Double, phase: String? = nil) {
        (self.measure, self.atMost, self.phase) = (measure, atMost, phase)
    }

    /// How it went.
    public func outcome(of result: OperationResult) -> ObjectiveOutcome {
        let place = phase.map { " in \($0)" } ?? ""
        switch measure {
        case .percentile(let percent):
            let measured = Double(result.responseTime.nanoseconds(atPercentile: percent)) / 1e9
            // Without a single answer there is nothing that kept the bound.
            let held = result.completed > 0 && measured <= atMost
            return ObjectiveOutcome(
                name: Self.name(ofPercentile: percent) + place, bound: "≤ \(Self.text(seconds: atMost))",
                measured: result.completed > 0 ? Self.text(seconds: measured) : "no answers", held: held)
        case .errorRate:
            return ObjectiveOutcome(
                name: "error rate" + place, bound: "≤ \(Self.text(share: atMost))",
                measured: Self.text(share: result.errorRate), held: result.errorRate <= atMost)
        }
    }

    private static func name(ofPercentile percent: Double) -> String {
        percent == 100 ? "max" : "p\(percent == percent.rounded() ? String(Int(percent)) : String(percent))"
    }

    private static func text(seconds: Double) -> String {
        "\((seconds * 1e6).rounded() / 1e3) ms"
    }

    private static func text(share: Double) -> String {
        "\((share * 1e6).rounded() / 1e4) %"
    }
}
