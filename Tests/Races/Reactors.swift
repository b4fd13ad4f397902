import DealHealthReactor
import Dispatch
import Glibc

/// Answers bytes: `e` with itself at once, `l` with itself from another thread; whoever sends anything else is handed over.
private final class ByteAnswerer: RequestAnswerer {
    let requestBytesMax = 1
    private let port: ReplyPort
    private var output: [UInt8] = []
    private var replies: Replies?

    init(_ port: ReplyPort) {
        self.port = port
    }

    func answer(
        _ input: UnsafeRawBufferPointer, from connection: ConnectionKey, of _: PeerAddress, turnStart: UInt64
    ) -> Answers {
        for (position, byte) in input.enumerated() {
            switch byte {
            case UInt8(ascii: "e"): output.append(byte)
            case UInt8(ascii: "l"):
                var replies = replies ?? Replies()
                replies.append([byte], to: connection)
                self.replies = replies
                return Answers(count: position + 1, next: .later)
            default: return Answers(count: position, next: .handOver)
            }
        }
        return Answers(count: input.count, next: .moreInput)
    }

    var outputCount: Int { output.count }

    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        output.withUnsafeBytes(body)
        output.removeAll(keepingCapacity: true)
    }

    func endTurn() {
        guard let replies else { return }
        DispatchQueue.global().async { [port] in port.send(replies) }
        self.replies = nil
    }
}

/// Three reactors that share connections: answers at once and later, hand-overs, peers that reset, reads of what is published, and
/// quiescence while connections are still being made.
func hammerReactors() async throws {
    let counters = ReactorCounters()
    let delays = (0..<3).map { _ in QueueDelay() }
    let (handedOver, handOver) = AsyncStream<Int32>.makeStream()
    let (group, port) = try listen(counters, delays) { handOver.yield($0) }
    await withTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            await group.run()
            handOver.finish()
        }
        tasks.addTask {
            for await socket in handedOver {
                // Its peer waits for one more byte.
                send(socket, "h", 1, Int32(MSG_NOSIGNAL))
                close(socket)
                counters.handedOverConnectionEnded()
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                DispatchQueue.concurrentPerform(iterations: 4) { talk(to: port, as: $0, group, counters, delays) }
                continuation.resume()
            }
        }
    }
    precondition(counters.connectionsOpen == 0, "each connection is counted out")
}

/// One client after the other; the first asks for quiescence in the middle.
private func talk(
    to port: Int, as client: Int, _ group: ReactorGroup, _ counters: ReactorCounters, _ delays: [QueueDelay]
) {
    for round in 0..<400 {
        if client == 0, round == 200 { group.quiesce() }
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = loopback(port)
        let isConnected = withUnsafeBytes(of: &address) { bytes in
            connect(
                connection, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
        }
        guard isConnected, ask(connection, "elele", byteCount: 5) else { continue }
        if round % 3 == 0 { _ = ask(connection, round % 2 == 0 ? "h" : "eh", byteCount: 1) }
        precondition(counters.connectionsOpen <= counters.connectionsAccepted)
        _ = delays.map(\.nanoseconds)
    }
}

/// Sends, and waits for so many bytes; false when the connection ends before.
private func ask(_ socket: Int32, _ text: String, byteCount: Int) -> Bool {
    guard send(socket, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count else { return false }
    var bytes: [UInt8] = [0]
    for _ in 0..<byteCount { if recv(socket, &bytes, 1, 0) != 1 { return false } }
    return true
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return address
}

private func listen(
    _ counters: ReactorCounters, _ delays: [QueueDelay], handOver: @escaping @Sendable (Int32) -> Void
) throws -> (group: ReactorGroup, port: Int) {
    var address = loopback(0)
    let listener = try withUnsafeMutablePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try ListeningSocket(address: $0, length: socklen_t(MemoryLayout<sockaddr_in>.size), backlog: 128)
        }
    }
    let settings = ReactorSettings(
        connectionsMax: 1_000, idleTimeout: .seconds(10), requestTimeout: .seconds(10), outputTimeout: .seconds(10),
        lingerTimeout: .seconds(1), fullAnswer: { [] }, timeoutAnswer: { [] })
    let group = try ReactorGroup(
        settings: settings, listener: listener, counters: counters, delays: delays,
        makeAnswerer: { ByteAnswerer($0) }, handOver: { socket, _ in handOver(socket) })
    return (group, listener.port)
}
