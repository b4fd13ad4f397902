/// The bounds of a `ReactorGroup`, and what it says when one is exceeded.
public struct ReactorSettings: Sendable {
    /// Connections at once, those handed over included.
    public var connectionsMax: Int
    /// How long a connection may be open without a request.
    public var idleTimeout: Duration
    /// How long a request may take to arrive whole, from its first byte.
    public var requestTimeout: Duration
    /// How long a peer may take to read the answers that its connection has room for.
    public var outputTimeout: Duration
    /// How long a connection that we end is read on, so that the peer sees the answer and not a reset.
    public var lingerTimeout: Duration
    /// What a connection over `connectionsMax` is told before it is closed.
    public var fullAnswer: @Sendable () -> [UInt8]
    /// What a peer whose request takes longer than `requestTimeout` is told.
    public var timeoutAnswer: @Sendable () -> [UInt8]

    public init(
        connectionsMax: Int, idleTimeout: Duration, requestTimeout: Duration, outputTimeout: Duration,
        lingerTimeout: Duration, fullAnswer: @escaping @Sendable () -> [UInt8],
        timeoutAnswer: @escaping @Sendable () -> [UInt8]
    ) {
        precondition(connectionsMax > 0)
        self.connectionsMax = connectionsMax
        self.idleTimeout = idleTimeout
        self.requestTimeout = requestTimeout
        self.outputTimeout = outputTimeout
        self.lingerTimeout = lingerTimeout
        self.fullAnswer = fullAnswer
        self.timeoutAnswer = timeoutAnswer
    }

    func timeout(of waiting: Connection.Waiting) -> UInt64 {
        let duration =
            switch waiting {
            case .request: idleTimeout
            case .restOfRequest: requestTimeout
            case .output: outputTimeout
            case .end: lingerTimeout
            }
        let (seconds, attoseconds) = duration.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
