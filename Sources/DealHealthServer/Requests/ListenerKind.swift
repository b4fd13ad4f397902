/// The two places we listen at.
public enum ListenerKind: String, Sendable, CaseIterable {
    /// The API, for everyone.
    case api
    /// Metrics and probes, for operators: on its own thread, never shed.
    case operations
}
