/// A request on its way.
struct Outstanding {
    /// When it was to start, and when it did; absolute, by `MonotonicClock`.
    let planned: UInt64
    let sent: UInt64
    let operation: Int
    /// Nil outside of the measured time.
    let phase: Int?
    /// Of a run that is verified.
    let ticket: LedgerShard.Ticket?
}

/// One connection of a worker, in memory that the worker allots once: nothing in it is reallocated in the long run.
struct Connection {
    enum State {
        /// Becomes `connecting` when it is due, or when a request needs it.
        case closed
        /// Becomes `open` or `closed`.
        case connecting
        /// Takes requests. Becomes `ending` or `closed`.
        case open
        /// Its last response is read, and the peer's end is awaited. Becomes `closed`.
        case ending
    }

    /// Where in a response the next byte belongs.
    enum Progress {
        case head
        /// So many bytes of a body that nobody looks at.
        case body(status: Int, left: Int)
        case chunks(status: Int, ChunkedBody)
        case untilEnd(status: Int)
    }

    var state = State.closed
    var socket: Int32 = -1
    /// Tells events of this socket from those of an earlier one.
    var generation: UInt32 = 0
    let target: Int
    var progress = Progress.head
    /// Oldest first. *Invariant:* at most the pipeline's depth.
    var outstanding: Ring<Outstanding>
    /// Part of a response that is looked at as a whole.
    var held: [UInt8] = []
    /// Of requests, from `unsentStart` on.
    var unsent: [UInt8] = []
    var unsentStart = 0
    /// The server will end it, so it takes no more requests.
    var isLast = false
    /// The peer sends no more than what is there.
    var isInputEnding = false
    /// Whether it is in the worker's list of those that take requests.
    var isListed = false
    /// No request before this instant.
    var restsUntil: UInt64 = 0
    /// When a closed one is opened again, or a connecting or ending one is given up.
    var deadline: UInt64 = 0
    /// From the next failure to connect to the attempt after it.
    var backoff = LoadLimits.tick

    init(target: Int, depth: Int) {
        self.target = target
        outstanding = Ring(capacity: depth)
    }
}

/// A queue of bounded length in one block of memory.
struct Ring<Element> {
    private var slots: [Element?]
    private var head = 0
    private(set) var count = 0

    init(capacity: Int) {
        slots = Array(repeating: nil, count: capacity)
    }

    var first: Element? { count == 0 ? nil : slots[head] }
    var isFull: Bool { count == slots.count }

    mutating func append(_ element: Element) {
        precondition(!isFull, "there is room")
        slots[(head + count) % slots.count] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        defer {
            slots[head] = nil
            head = head + 1 == slots.count ? 0 : head + 1
            count -= 1
        }
        return slots[head]
    }
}
