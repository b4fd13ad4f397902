/// Where the answers go that come later. Any thread may send.
public struct ReplyPort: Sendable {
    let post: @Sendable (Replies) -> Void

    /// Sends `replies`; those to connections that have ended are dropped.
    public func send(_ replies: Replies) {
        post(replies)
    }
}

/// Answers to several connections, one after the other in one piece of memory.
public struct Replies: Sendable {
    var bytes: [UInt8] = []
    var ends: [(connection: ConnectionKey, end: Int)] = []

    public init() {}

    /// Adds the answer to the request that `connection` waits for. MUST be called exactly once for each `Answers.Next.later`.
    public mutating func append(_ answer: [UInt8], to connection: ConnectionKey) {
        bytes.append(contentsOf: answer)
        ends.append((connection, bytes.count))
    }
}
