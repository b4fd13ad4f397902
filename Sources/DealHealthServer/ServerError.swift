/// Why the server could not do as asked.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure, a closed set.
    public struct Code: Sendable, Hashable {
        private enum Value { case cannotListen, badCertificate }
        private let value: Value

        /// The address is taken, not ours, or not allowed.
        public static let cannotListen = Code(value: .cannotListen)
        /// A certificate or its key cannot be used.
        public static let badCertificate = Code(value: .badCertificate)
    }

    public var code: Code
    /// What the operator can do.
    public var message: String
    public var cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// A listener's address cannot be had.
    static func cannotListen(_ kind: ListenerKind, host: String, port: Int, cause: any Error) -> ServerError {
        let flags = kind == .api ? "--host and --port" : "--metrics-port"
        return ServerError(
            .cannotListen, "cannot listen at \(host):\(port) (\(kind.rawValue)): choose another address with \(flags)",
            cause: cause)
    }

    public var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
