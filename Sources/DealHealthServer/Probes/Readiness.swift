import DealHealthEngine

/// What stands between the server and new work, if anything; one decision for probes and people.
enum Readiness: Equatable {
    case ready
    case recovering
    /// A write or sync of the log failed: the process is about to end (P6).
    case logFailed
    /// Asked to stop.
    case draining

    /// Redis and the like never count: readers and writers need the log only (P7). A full disk does not either: reads go on.
    init(_ handle: EngineHandle) {
        guard let engine = handle.engine else {
            self = handle.isDraining ? .draining : .recovering
            return
        }
        switch engine.refusal?.code {
        case EngineError.Code.logFailed?: self = .logFailed
        case EngineError.Code.stopping?: self = .draining
        default: self = handle.isDraining ? .draining : .ready
        }
    }

    /// The value shown to people and programs.
    var text: String {
        switch self {
        case .ready: "ready"
        case .recovering: "recovering"
        case .logFailed: "log_failed"
        case .draining: "draining"
        }
    }
}
