/// Why a run could not be made or finished.
public struct LoadError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Sendable, Hashable {
        private enum Kind { case scenario, target, system, verification, result }
        private let kind: Kind

        /// A scenario, or what was set beside it, does not say what it must.
        public static let scenario = Code(kind: .scenario)
        /// A target cannot be reached, any more or at all, or does not do what was asked for before the run.
        public static let target = Code(kind: .target)
        /// This machine did not give what is needed: descriptors, threads, files.
        public static let system = Code(kind: .system)
        /// What was sent cannot be remembered or checked.
        public static let verification = Code(kind: .verification)
        /// A result cannot be read, written or compared.
        public static let result = Code(kind: .result)
    }

    public let code: Code
    /// What is wrong and what to do, for the one who started the program.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
