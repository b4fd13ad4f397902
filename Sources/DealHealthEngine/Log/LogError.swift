/// Why the log could not do as asked.
public struct LogError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure, a closed set.
    public struct Code: Sendable, Hashable {
        private enum Value { case diskFull, failed, damaged, notFound }
        private let value: Value

        /// No room: the transaction left no trace, and the next may be tried.
        public static let diskFull = Code(value: .diskFull)
        /// A write or sync failed: the log takes nothing more from this process (P6).
        public static let failed = Code(value: .failed)
        /// What is stored is not what was written.
        public static let damaged = Code(value: .damaged)
        /// The position is not in the log: truncated, or not yet written.
        public static let notFound = Code(value: .notFound)
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String {
        message
    }
}
