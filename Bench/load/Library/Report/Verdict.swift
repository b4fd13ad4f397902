/// What a run comes to, and the program's exit code. The first that applies, in this order, is the verdict.
public enum Verdict: Int32, Sendable, CaseIterable {
    /// A promise was broken: something acknowledged is missing, counts twice, or an answer is wrong.
    case promiseBroken = 2
    /// The server did not come back, or what was sent could not be checked.
    case notVerified = 3
    /// The generator itself was late or too busy: the figures say nothing of the server.
    case notCertified = 4
    /// A bound of the scenario was missed.
    case objectiveMissed = 1
    case held = 0

    public init(of result: RunResult) {
        let verification = result.verification
        if let verification, verification.violationCount > 0 {
            self = .promiseBroken
        } else if verification?.incomplete != nil || result.chaos.contains(where: { $0.recoveredAfterSeconds == nil }) {
            self = .notVerified
        } else if !result.generator.certified {
            self = .notCertified
        } else if result.objectives.contains(where: { !$0.held }) {
            self = .objectiveMissed
        } else {
            self = .held
        }
    }

    /// For people.
    public var summary: String {
        switch self {
        case .promiseBroken: "a promise was broken"
        case .notVerified: "not everything could be checked"
        case .notCertified: "not certified: the generator was not fast enough"
        case .objectiveMissed: "an objective was missed"
        case .held: "everything held"
        }
    }
}
