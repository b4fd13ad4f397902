/// What the engine could not do, and what its caller can do about it.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure, a closed set.
    public struct Code: Sendable, Hashable {
        private enum Value {
            case overloaded, diskFull, stopping, logFailed, timeout, busy, notRetained, tooMany, refusedToStart, damaged
        }
        private let value: Value

        /// A bound is reached: try again a little later.
        public static let overloaded = Code(value: .overloaded)
        /// The disk holding the log is full: reads go on; writes resume by themselves once there is room.
        public static let diskFull = Code(value: .diskFull)
        /// The engine is stopping, or not yet recovered.
        public static let stopping = Code(value: .stopping)
        /// A write or sync of the log failed: nothing more is acknowledged and the process must end (P6).
        public static let logFailed = Code(value: .logFailed)
        /// A bounded wait for a position ran out.
        public static let timeout = Code(value: .timeout)
        /// Too many readers of the log at once.
        public static let busy = Code(value: .busy)
        /// The log no longer reaches back that far.
        public static let notRetained = Code(value: .notRetained)
        /// More than one read may be about.
        public static let tooMany = Code(value: .tooMany)
        /// A record that a read needs is damaged: the message names its LSN.
        public static let damaged = Code(value: .damaged)
        /// Recovery found damage that it cannot repair: the message names the LSN and the next step.
        public static let refusedToStart = Code(value: .refusedToStart)
    }

    public var code: Code
    public var message: String
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The disk of the log has no room: what a caller is told, whoever finds out.
    static func diskFull(cause: (any Error)? = nil) -> EngineError {
        EngineError(.diskFull, "the disk of the log is full; free space in DATA_DIR", cause: cause)
    }

    public var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
