import Foundation

/// What is done to a server while it is under load, and how often: the value of `--chaos`.
public struct ChaosPlan: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// SIGKILL; whoever watches the server, or the restart command, starts it again.
        case kill
        /// SIGSTOP, and SIGCONT after so many seconds.
        case stop(seconds: Double)
    }

    public let action: Action
    /// A file that holds the server's process id as text; read again each time.
    public let pidFile: String
    /// From the start of the run to the first time, and from each time to the next.
    public let everySeconds: Double

    /// Reads `kill-server=FILE,every=10s` or `stop-server=FILE,every=10s,for=2s`; times are `500ms`, `10s`, `2m` or `1h`.
    ///
    /// - Throws: `LoadError` that says what is wrong.
    public init(_ text: String) throws(LoadError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: halves.first ?? "", value: halves.count == 2 ? halves[1] : "")
        }
        func fault(_ reason: String) -> LoadError {
            LoadError(
                .scenario,
                "--chaos \(text): \(reason). It is kill-server=PID-FILE,every=10s or stop-server=PID-FILE,every=10s,for=2s."
            )
        }
        var times: [String: Double] = [:]
        for part in parts.dropFirst() {
            guard part.name == "every" || part.name == "for", times[part.name] == nil else {
                throw fault("\"\(part.name)\" is not expected there")
            }
            guard let seconds = Self.seconds(part.value), LoadLimits.chaosSeconds.contains(seconds) else {
                throw fault("\"\(part.value)\" is no time of 100ms to 24h")
            }
            times[part.name] = seconds
        }
        guard let every = times["every"] else { throw fault("every= is missing") }
        guard !parts[0].value.isEmpty else { throw fault("the PID file is missing") }
        pidFile = parts[0].value
        everySeconds = every
        switch (parts[0].name, times["for"]) {
        case ("kill-server", nil): action = .kill
        case ("kill-server", _): throw fault("for= is for stop-server")
        case ("stop-server", let seconds?) where seconds < every: action = .stop(seconds: seconds)
        case ("stop-server", nil): throw fault("for= is missing")
        case ("stop-server", _): throw fault("for= must be less than every=")
        default: throw fault("\"\(parts[0].name)\" is unknown")
        }
    }

    private static func seconds(_ text: String) -> Double? {
        for (unit, scale) in [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0)] where text.hasSuffix(unit) {
            return Double(text.dropLast(unit.count)).map { $0 * scale }
        }
        return nil
    }
}
