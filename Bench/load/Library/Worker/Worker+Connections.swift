import DequeModule
import Glibc

/// Connections: how they come and go, and their bytes.
extension Worker {
    // MARK: taking requests

    func canTake(_ index: Int) -> Bool {
        // Field by field: a copy of the connection would count references.
        let isReady = connections[index].state == .open || (connections[index].state == .closed && !opensAhead)
        return isReady && !connections[index].isLast && !connections[index].outstanding.isFull
            && connections[index].unsent.isEmpty && connections[index].restsUntil == 0
    }

    /// Lists a connection among those that take requests, if it does.
    mutating func offer(_ index: Int) {
        guard canTake(index) else { return }
        if isClosedLoop || isPreloading {
            answered.append(index)
        } else if !connections[index].isListed {
            connections[index].isListed = true
            free.append(index)
        }
    }

    private var isPreloading: Bool { if case .preload = stage { true } else { false } }

    /// A connection that takes a request, and is not listed any more.
    mutating func takeFree() -> Int? {
        while let index = free.popFirst() {
            connections[index].isListed = false
            if canTake(index) { return index }
        }
        return nil
    }

    // MARK: coming and going

    mutating func open(_ index: Int, now: UInt64) {
        switch plan.targets[connections[index].target].connectSocket() {
        case .failure(let fault): connectFailed(index, fault, now: now)
        case .success(let socket):
            connections[index].socket = socket
            connections[index].generation &+= 1
            connections[index].state = .connecting
            connections[index].deadline = now + LoadLimits.connectWithin
            let key = UInt64(connections[index].generation) << 32 | UInt64(index)
            if let fault = poller.watch(socket, key: key) { connectFailed(index, fault, now: now) }
        }
    }

    private mutating func connectFailed(_ index: Int, _ fault: SocketFault, now: UInt64) {
        connectFault = fault.description
        if fault.isOurs {
            control.fail(
                LoadError(
                    .system,
                    "cannot open a connection: \(fault). Use fewer, or raise the limit (ulimit -n, "
                        + "net.ipv4.ip_local_port_range)."))
        }
        let backoff = connections[index].backoff
        lose(index, .refused, now: now)
        connections[index].backoff = min(2 * backoff, LoadLimits.reopenAfterMax)
        connections[index].deadline = now + backoff
        // A connection that is made when it is needed waits as well.
        if !opensAhead { connections[index].restsUntil = now + backoff }
    }

    private mutating func connected(_ index: Int, now: UInt64) {
        connections[index].state = .open
        connections[index].backoff = LoadLimits.tick
        lastLife = now
        connectFault = nil
        flush(index)
        offer(index)
    }

    /// Ends a connection; what it still owes fails.
    mutating func lose(_ index: Int, _ fault: Tally.Fault, now: UInt64) {
        while let request = connections[index].outstanding.popFirst() { fail(request, fault) }
        if connections[index].socket >= 0 { close(connections[index].socket) }
        connections[index].socket = -1
        connections[index].state = .closed
        connections[index].progress = .head
        connections[index].held.removeAll(keepingCapacity: true)
        connections[index].unsent.removeAll(keepingCapacity: true)
        connections[index].unsentStart = 0
        connections[index].isLast = false
        connections[index].isInputEnding = false
        connections[index].deadline = now + LoadLimits.tick
        if !opensAhead { offer(index) }
    }

    /// What is to be done for a connection without an event.
    mutating func lookAfter(_ index: Int, now: UInt64) {
        if connections[index].restsUntil > 0, connections[index].restsUntil <= now {
            connections[index].restsUntil = 0
            offer(index)
        }
        switch connections[index].state {
        case .closed:
            if opensAhead, connections[index].deadline <= now { open(index, now: now) }
        case .connecting:
            if connections[index].deadline <= now { connectFailed(index, SocketFault(errno: ETIMEDOUT), now: now) }
        case .ending:
            if connections[index].deadline <= now { lose(index, .lost, now: now) }
        case .open:
            if let oldest = connections[index].outstanding.first, oldest.sent + plan.scenario.timeout <= now {
                lose(index, .timeout, now: now)
            }
        }
    }

    // MARK: events

    mutating func handle(_ event: Poller.Event) {
        let index = Int(event.key & 0xFFFF_FFFF)
        // An event of a socket that was closed since.
        guard connections[index].generation == UInt32(event.key >> 32), connections[index].socket >= 0 else { return }
        if connections[index].state == .connecting {
            let now = MonotonicClock.now()
            if let fault = SocketFault(pendingOn: connections[index].socket) {
                return connectFailed(index, fault, now: now)
            }
            guard event.isWritable else { return }
            connected(index, now: now)
        }
        if event.isEnding { connections[index].isInputEnding = true }
        if event.isWritable, !connections[index].unsent.isEmpty {
            flush(index)
            offer(index)
        }
        if event.isReadable { read(index) }
    }

    // MARK: writing

    /// Sends `output`, or keeps what the socket does not take.
    mutating func transmit(_ index: Int) {
        switch connections[index].state {
        case .open:
            let sent = output.withUnsafeBytes { Self.send($0, to: connections[index].socket) }
            if sent < output.count { connections[index].unsent.append(contentsOf: output[sent...]) }
        default:
            connections[index].unsent.append(contentsOf: output)
            open(index, now: MonotonicClock.now())
        }
    }

    private mutating func flush(_ index: Int) {
        let start = connections[index].unsentStart
        guard start < connections[index].unsent.count else { return }
        let sent = connections[index].unsent.withUnsafeBytes {
            Self.send(UnsafeRawBufferPointer(rebasing: $0[start...]), to: connections[index].socket)
        }
        connections[index].unsentStart += sent
        if connections[index].unsentStart == connections[index].unsent.count {
            connections[index].unsent.removeAll(keepingCapacity: true)
            connections[index].unsentStart = 0
        }
    }

    /// How many bytes the socket took. On an error fewer than there are: the event that tells of the connection's end follows, and an
    /// answer sent before it may still be read.
    private static func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(socket, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            sent += count
        }
        return sent
    }

    // MARK: reading

    /// Reads all that is there, and completes the requests that it answers.
    private mutating func read(_ index: Int) {
        let generation = connections[index].generation
        while connections[index].socket >= 0, connections[index].generation == generation {
            let held = connections[index].held.count
            connections[index].held.withUnsafeBytes { input.copyMemory(from: $0) }
            let count = recv(connections[index].socket, input.baseAddress! + held, LoadLimits.readBytesMax, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            let now = MonotonicClock.now()
            guard count > 0 else { return inputEnded(index, now: now) }
            connections[index].held.removeAll(keepingCapacity: true)
            consume(index, UnsafeRawBufferPointer(rebasing: input[..<(held + count)]), now: now)
            // Edge-triggered: a short read means that there is no more, unless the end itself is still to be read.
            if count < LoadLimits.readBytesMax, !connections[index].isInputEnding { return }
        }
    }

    private mutating func inputEnded(_ index: Int, now: UInt64) {
        if case .untilEnd(let status) = connections[index].progress {
            complete(index, status: status, body: nil, now: now)
        }
        let isExpected = connections[index].state == .ending || connections[index].isLast
        lose(index, .lost, now: now)
        if isExpected, opensAhead { open(index, now: now) }
    }

    private mutating func consume(_ index: Int, _ bytes: UnsafeRawBufferPointer, now: UInt64) {
        let outstandingBefore = connections[index].outstanding.count
        do {
            var position = 0
            while position < bytes.count {
                guard
                    let taken = try step(
                        index, UnsafeRawBufferPointer(rebasing: bytes[position...]), now: now)
                else {
                    connections[index].held.append(contentsOf: bytes[position...])
                    break
                }
                position += taken
            }
        } catch {
            return lose(index, .malformed, now: now)
        }
        if connections[index].isLast, connections[index].outstanding.count == 0 {
            connections[index].state = .ending
            connections[index].deadline = now + LoadLimits.second
        } else if connections[index].outstanding.count < outstandingBefore {
            offer(index)
        }
    }

    /// Takes the next part of a response; how many bytes, or nil when more must be there first.
    private mutating func step(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, now: UInt64
    ) throws(ResponseHead.Malformed) -> Int? {
        switch connections[index].progress {
        case .head: return try readHead(index, bytes, now: now)
        case .body(let status, let left):
            let taken = min(left, bytes.count)
            connections[index].progress = .body(status: status, left: left - taken)
            if taken == left { bodyEnded(index, status: status, now: now) }
            return taken
        case .chunks(let status, var body):
            let taken = try body.take(bytes)
            connections[index].progress = .chunks(status: status, body)
            if body.isComplete { bodyEnded(index, status: status, now: now) }
            return taken
        case .untilEnd: return bytes.count
        }
    }

    private mutating func bodyEnded(_ index: Int, status: Int, now: UInt64) {
        connections[index].progress = .head
        complete(index, status: status, body: nil, now: now)
    }

    private mutating func readHead(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, now: UInt64
    ) throws(ResponseHead.Malformed) -> Int? {
        guard connections[index].outstanding.count > 0 else { throw ResponseHead.Malformed() }
        guard let head = try ResponseHead.scan(bytes) else {
            if bytes.count > LoadLimits.headBytesMax { throw ResponseHead.Malformed() }
            return nil
        }
        if head.isInterim { return head.length }
        if head.closes { connections[index].isLast = true }
        if plan.scenario.afterRefusal == .rest, head.status == 503 || head.status == 429 {
            connections[index].restsUntil = now + UInt64(head.retryAfter ?? 1) * LoadLimits.second
        }
        switch head.framing {
        case .length(let length):
            let available = bytes.count - head.length
            if length <= available {
                let body = UnsafeRawBufferPointer(rebasing: bytes[head.length...].prefix(length))
                complete(index, status: head.status, body: body, now: now)
                return head.length + length
            }
            if plan.verifies, length <= LoadLimits.heldBodyBytesMax { return nil }
            connections[index].progress = .body(status: head.status, left: length - available)
            return bytes.count
        case .chunked: connections[index].progress = .chunks(status: head.status, ChunkedBody())
        case .connectionEnd: connections[index].progress = .untilEnd(status: head.status)
        }
        return head.length
    }
}
