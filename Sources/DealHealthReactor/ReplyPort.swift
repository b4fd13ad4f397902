/// Where the answers go that come later. Any thread may send.
public struct ReplyPort: Sendable {
    private let post: @Sendable (Replies) -> Void

    /// A port to whoever `post` reaches.
    public init(_ post: @escaping @Sendable (Replies) -> Void) {
        self.post = post
    }

    /// Sends `replies`; those to connections that have ended are dropped.
    public func send(_ replies: Replies) {
        post(replies)
    }
}

/// Answers to several connections, one after the other in one piece of memory.
public struct Replies: Sendable {
    public private(set) var bytes: [UInt8] = []
    /// Whose they are, and where each ends in `bytes`.
    public private(set) var ends: [(connection: ConnectionKey, end: Int)] = []

    public init() {}

    /// Adds the answer to the request that `connection` waits for. MUST be called exactly once for each `Answers.Next.later`.
    public mutating func append(_ answer: [UInt8], to connection: ConnectionKey) {
        bytes.append(contentsOf: answer)
        ends.append((connection, bytes.count))
    }
}
