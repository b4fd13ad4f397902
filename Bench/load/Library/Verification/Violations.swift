/// Broken promises, the first of them in words.
struct Violations: Sendable {
    /// *Invariant:* at most `LoadLimits.violationsToldMax`.
    private(set) var first: [String] = []
    private(set) var count = 0

    mutating func add(_ violation: String) {
        count += 1
        if first.count < LoadLimits.violationsToldMax { first.append(violation) }
    }

    mutating func add(_ others: Violations) {
        first.append(contentsOf: others.first.prefix(LoadLimits.violationsToldMax - first.count))
        count += others.count
    }
}
