/// Answers the requests of a reactor's connections: bytes in, bytes out. One for each reactor; called on its thread only.
public protocol RequestAnswerer: AnyObject {
    /// Bytes of the longest request that it answers: so many are held of one that has not arrived whole.
    var requestBytesMax: Int { get }

    /// Answers, in order, what it can of the requests at the front of `input`, at the end of its output. MUST NOT wait for anything.
    /// - Parameters:
    ///   - connection: where the input comes from, and what a later answer is addressed to.
    ///   - peer: whose connection it is.
    ///   - turnStart: since when the input has waited for its turn, nanoseconds of the monotonic clock.
    func answer(
        _ input: UnsafeRawBufferPointer, from connection: ConnectionKey, of peer: PeerAddress, turnStart: UInt64
    ) -> Answers

    /// Bytes of output since `takeOutput`.
    var outputCount: Int { get }

    /// Calls `body` with all output since it was last called.
    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void)

    /// All connections have had their turn: the time to begin what many of them asked for.
    func endTurn()
}

/// A connection of one reactor, never used again once it has ended.
public struct ConnectionKey: Hashable, Sendable {
    let value: UInt64

    public init(value: UInt64) {
        self.value = value
    }
}

/// What `RequestAnswerer.answer` did, and what is to happen next.
public struct Answers: Equatable {
    public enum Next: Equatable, Sendable {
        /// The rest of the input is the beginning of a request, or nothing.
        case moreInput
        /// The output is full; there may be more to answer.
        case moreOutput
        /// The rest is for somebody else, with the connection.
        case handOver
        /// The last request counted is answered later, through the reactor's `ReplyPort`: until then the connection waits.
        case later
        /// The last answer ends the connection.
        case close
    }

    /// Bytes of the input that were answered.
    public var count: Int
    public var next: Next

    public init(count: Int, next: Next) {
        self.count = count
        self.next = next
    }
}
