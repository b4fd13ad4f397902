import DealHealthEngine

/// `name:count`: the process ends by SIGKILL when it passes that place for the `count`-th time. For crash tests.
struct Failpoint: Sendable, Equatable, CustomStringConvertible {
    let name: Failpoints.Name
    /// At least 1.
    let count: Int

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Failpoints.Name(rawValue: String(parts[0])), let count = Int(parts[1]),
            count >= 1
        else { return nil }
        self.name = name
        self.count = count
    }

    var description: String { "\(name.rawValue):\(count)" }
}
