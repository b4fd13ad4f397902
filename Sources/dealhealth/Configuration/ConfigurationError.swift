/// Everything that is wrong with the settings.
struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// One line each: which setting, its value (masked), where that came from, and what is allowed. Not empty.
    let faults: [String]

    var description: String { faults.joined(separator: "\n") }
}
