/// One connection of a reactor: what of its input and output waits. Belongs to the reactor's thread.
///
/// An idle connection holds no memory but this: what arrives is read into the reactor's own buffer, and only what is left of it
/// is kept.
final class Connection {
    let socket: Int32
    /// Tells it from an earlier one with the same descriptor.
    let key: ConnectionKey
    let peer: PeerAddress

    /// What arrived and is not answered yet: the beginning of a request, or more while the output is blocked.
    /// *Invariant:* at most one read and one request.
    var held: [UInt8] = []
    /// Whether what is held was not looked at to its end, because the output was blocked or an answer is to come later.
    var isHeldUp = false
    /// Answers that the socket has no room for, from `unsentStart` on. Nothing is answered as long as there are any.
    private(set) var unsent: [UInt8] = []
    private(set) var unsentStart = 0

    /// Whether the socket may hold more input: it is told once.
    var isReadable = true
    /// Whether the input will end, so that a short read does not mean that there is no more.
    var isInputEnding = false
    /// Whether an answer will come later: nothing is read or answered until then.
    var isAwaiting = false
    /// Whether the connection ends once its output is sent.
    var endsAfterOutput = false
    /// Whether the last byte is sent, and what arrives is only read so that no reset overtakes it.
    var isLingering = false
    /// Whether the socket is closed or another's.
    var isGone = false
    /// Whether it is in the reactor's list of those with more to do.
    var isQueued = false

    /// When the last request was answered, the first byte of the held one arrived, the output was blocked, or lingering began: what
    /// it waits for has a deadline from then on.
    var since: UInt64

    init(socket: Int32, key: ConnectionKey, now: UInt64) {
        self.socket = socket
        self.key = key
        peer = PeerAddress(ofPeer: socket)
        since = now
    }

    /// What a connection waits for that is its peer's to do.
    enum Waiting {
        /// The next request.
        case request
        /// The rest of a request.
        case restOfRequest
        /// The peer, to read.
        case output
        /// The peer, to end.
        case end
    }

    /// Nil while it is our turn.
    var waiting: Waiting? {
        if isAwaiting { return nil }
        if isLingering { return .end }
        if isBlocked { return .output }
        return held.isEmpty ? .request : .restOfRequest
    }

    var isBlocked: Bool {
        !unsent.isEmpty
    }

    /// Keeps what the socket did not take.
    func keepUnsent(_ bytes: UnsafeRawBufferPointer) {
        unsent.append(contentsOf: bytes)
    }

    /// The socket has taken `count` bytes more.
    func sent(_ count: Int) {
        unsentStart += count
        precondition(unsentStart <= unsent.count, "no more is sent than there is")
        guard unsentStart == unsent.count else { return }
        unsent = []
        unsentStart = 0
    }
}
