import CEpoll
import Foundation
import Glibc
import Synchronization

/// An event loop over TCP connections (the reactor pattern, Schmidt 1995): one thread, one epoll instance, no allocation and two
/// calls to the kernel for a request that arrives whole.
///
/// A connection is served in turns: one read, answers to all whole requests in it, one write for each full output. Nobody is
/// served twice before the others had their turn. When a peer does not read, its requests are not answered; when it sends what the
/// answerer does not take, the connection is handed over, with the bytes that were read.
///
/// @unchecked Sendable: all state belongs to the thread of `run()`; others reach it through `post`, which is safe on any thread.
final class Reactor: @unchecked Sendable {
    /// What other threads ask of a reactor.
    enum Message {
        /// Serve this socket, which is counted already.
        case take(Int32)
        /// Answer those who wait.
        case reply(Replies)
        /// Take no more requests, and end when all are answered.
        case quiesce
        /// End at once.
        case stop
    }

    /// Takes over a socket, with the bytes that arrived and are not answered. Called on the reactor's thread.
    typealias HandOver = @Sendable (_ socket: Int32, _ bytes: [UInt8]) -> Void

    /// Bytes read in one turn of a connection: some fifty reads in a pipeline. More would be no faster, and hundreds of connections
    /// that send all they can would make each other and everybody else wait.
    static let readBytes = 4 << 10
    /// Connections accepted in one turn: accepting must not keep those who have work waiting.
    private static let acceptsMax = 64
    /// Bytes of answers over which they are sent before the turn ends.
    private static let outputBytesMax = 256 << 10
    private static let sweepNanoseconds: UInt64 = 500_000_000
    /// Keys that are no connection's: generations begin at 1.
    private static let wakeupKey: UInt64 = 1
    private static let listenerKey: UInt64 = 2

    private let settings: ReactorSettings
    private let counters: ReactorCounters
    private let answerer: any RequestAnswerer
    private let handOver: HandOver
    private let poller: Poller
    private let mailbox: Mailbox<Message>
    private let input: UnsafeMutableRawBufferPointer
    private let queueDelay: QueueDelay

    /// Where connections come from, for the one reactor that accepts them for all.
    private var listener: ListeningSocket?
    /// Those that get connections in turn with this one.
    private var peers: [Reactor] = []
    private var acceptedCount = 0
    private var isAccepting = false
    /// By descriptor.
    private var connections: [Connection?] = []
    private var connectionCount = 0
    /// Tells connections with the same descriptor apart: the upper half of a key, whose lower half is the descriptor.
    private var generation: UInt64 = 0
    /// Those with more to do at once, in the order of their turns.
    private var queue: [Connection] = []
    /// Whose the answerer's output is, in order.
    private var answers: [(connection: Connection, end: Int)] = []
    private var isQuiescing = false
    private var nextSweep: UInt64 = 0
    /// The time that the turn began.
    private var now: UInt64 = MonotonicClock.now()

    init(
        settings: ReactorSettings, counters: ReactorCounters, queueDelay: QueueDelay,
        makeAnswerer: (ReplyPort) -> sending any RequestAnswerer, handOver: @escaping HandOver
    ) throws(ReactorError) {
        self.settings = settings
        self.counters = counters
        self.queueDelay = queueDelay
        self.handOver = handOver
        poller = try Poller()
        let mailbox = try Mailbox<Message>()
        self.mailbox = mailbox
        answerer = makeAnswerer(ReplyPort { mailbox.post(.reply($0)) })
        input = .allocate(byteCount: Self.readBytes + answerer.requestBytesMax, alignment: 64)
        try poller.watchInput(mailbox.descriptor, key: Self.wakeupKey)
    }

    deinit {
        input.deallocate()
    }

    /// Accepts connections for itself and `peers`. MUST be called before `run`.
    func accept(from listener: ListeningSocket, with peers: [Reactor]) {
        self.listener = listener
        self.peers = peers
    }

    /// Asks something of the reactor; on any thread.
    func post(_ message: Message) {
        mailbox.post(message)
    }

    /// Serves `socket`, which is counted already, too; on any thread. False, and nothing is done, when the reactor has ended.
    private func give(_ socket: Int32) -> Bool {
        mailbox.post(.take(socket))
    }

    /// Serves until it has quiesced. Blocks: MUST run on a thread of its own.
    func run() {
        // A turn is short and somebody waits for it; what others do for a request takes longer. Where the kernel does not know of
        // slices, it is as if nothing had been asked.
        _ = cepoll_take_short_slices()
        startAccepting()
        while !isQuiescing || connectionCount > 0 {
            // Those who get more to do in this turn do it in the next: nobody has two turns in one, and answers are sent before
            // their connection is read again, which may end it.
            let queued = takeQueue()
            var hasWork = !queued.isEmpty
            if hasWork { now = MonotonicClock.now() }
            poller.wait(milliseconds: hasWork ? 0 : Int32(Self.sweepNanoseconds / 1_000_000)) { event in
                if !hasWork {
                    hasWork = true
                    now = MonotonicClock.now()
                }
                handle(event)
            }
            for connection in queued { advance(connection) }
            sendAnswers()
            if hasWork { answerer.endTurn() }
            let end = MonotonicClock.now()
            if hasWork { queueDelay.note(from: now, to: end) }
            if end >= nextSweep { sweep(end) }
        }
        // The reactor that accepts may not have quiesced yet.
        for case .take(let socket) in mailbox.close() { turnAway(socket) }
    }

    private func takeQueue() -> [Connection] {
        if queue.isEmpty { return [] }
        defer { queue = [] }
        return queue
    }

    private func handle(_ event: Poller.Event) {
        switch event.key {
        case Self.wakeupKey:
            for message in mailbox.take() { handle(message) }
        case Self.listenerKey:
            accept()
        default:
            guard let connection = connections[Int(event.key & 0xFFFF_FFFF)], connection.key.value == event.key else {
                return
            }
            if event.isReadable { connection.isReadable = true }
            if event.isInputEnding { connection.isInputEnding = true }
            if !connection.isQueued { advance(connection) }
        }
    }

    private func handle(_ message: Message) {
        switch message {
        case .take(let socket): take(socket)
        case .reply(let replies): reply(replies)
        case .quiesce: quiesce()
        case .stop:
            quiesce()
            for connection in connections { connection.map(end) }
        }
    }

    // MARK: new connections

    private func startAccepting() {
        guard let listener, !isAccepting else { return }
        isAccepting = (try? poller.watchInput(listener.descriptor, key: Self.listenerKey)) != nil
    }

    /// Until the next sweep, or for good.
    private func stopAccepting() {
        guard let listener, isAccepting else { return }
        poller.forget(listener.descriptor)
        isAccepting = false
    }

    private func accept() {
        guard let listener, isAccepting else { return }
        for _ in 0..<Self.acceptsMax {
            switch listener.accept() {
            case .nobody: return
            case .exhausted: return stopAccepting()
            case .socket(let socket):
                if counters.enter(limit: settings.connectionsMax) {
                    distribute(socket)
                } else {
                    refuse(socket)
                }
            }
        }
    }

    /// Gives a connection to the reactor whose turn it is.
    private func distribute(_ socket: Int32) {
        let turn = acceptedCount % (peers.count + 1)
        acceptedCount += 1
        if turn == 0 { take(socket) } else if !peers[turn - 1].give(socket) { turnAway(socket) }
    }

    /// Ends a connection that is counted and that no reactor will serve.
    private func turnAway(_ socket: Int32) {
        close(socket)
        counters.leave()
    }

    private func refuse(_ socket: Int32) {
        settings.fullAnswer().withUnsafeBytes { bytes in
            // What the socket does not take of so few bytes is lost, with the connection.
            _ = Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        shutdown(socket, Int32(SHUT_WR))
        close(socket)
    }

    /// Serves `socket` from now on.
    private func take(_ socket: Int32) {
        generation += 1
        let connection = Connection(
            socket: socket, key: ConnectionKey(value: generation << 32 | UInt64(socket)), now: now)
        let index = Int(socket)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        connectionCount += 1
        do {
            try poller.watch(socket, key: connection.key.value)
        } catch {
            end(connection)
        }
    }

    // MARK: a connection's turn

    /// Does what can be done for a connection in one turn.
    private func advance(_ connection: Connection) {
        connection.isQueued = false
        if connection.isGone || connection.isAwaiting { return }
        if connection.isLingering { return drop(connection) }
        if connection.isBlocked, !sendUnsent(connection) { return }
        if connection.endsAfterOutput { return linger(connection) }
        if connection.isHeldUp { return answerHeld(connection) }
        guard connection.isReadable else { return endIfQuiesced(connection) }
        let heldCount = connection.held.count
        precondition(heldCount <= answerer.requestBytesMax, "what is held is the beginning of one request")
        if heldCount > 0 { connection.held.withUnsafeBytes { input.copyMemory(from: $0) } }
        let room = UnsafeMutableRawBufferPointer(rebasing: input[heldCount..<heldCount + Self.readBytes])
        let count = recv(connection.socket, room.baseAddress, room.count, 0)
        if count < 0 {
            guard errno == EAGAIN || errno == EINTR else { return end(connection) }
            connection.isReadable = errno == EINTR
            if connection.isReadable { enqueue(connection) } else { endIfQuiesced(connection) }
            return
        }
        if count == 0 { return endInput(connection) }
        if count < Self.readBytes, !connection.isInputEnding { connection.isReadable = false }
        if heldCount == 0 { connection.since = now }
        answer(connection, UnsafeRawBufferPointer(rebasing: input[..<(heldCount + count)]))
    }

    private func answerHeld(_ connection: Connection) {
        connection.isHeldUp = false
        let held = connection.held
        held.withUnsafeBytes { answer(connection, $0) }
    }

    /// Answers the requests in `bytes`, which begin with those that the connection holds.
    private func answer(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) {
        var position = 0
        var next = Answers.Next.moreOutput
        while next == .moreOutput, !connection.isBlocked, position < bytes.count {
            let outputStart = answerer.outputCount
            let answers = answerer.answer(
                UnsafeRawBufferPointer(rebasing: bytes[position...]), from: connection.key, of: connection.peer,
                turnStart: now)
            position += answers.count
            next = answers.next
            if answerer.outputCount > outputStart { self.answers.append((connection, answerer.outputCount)) }
            if next == .moreOutput || next == .handOver || next == .close || answerer.outputCount > Self.outputBytesMax
            {
                sendAnswers()
            }
            if connection.isGone { return }
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        switch next {
        case .handOver:
            if connection.isBlocked { break }
            return handOver(connection, rest)
        case .close:
            connection.endsAfterOutput = true
            connection.held = []
            if !connection.isBlocked { linger(connection) }
            return
        case .later:
            connection.isAwaiting = true
        case .moreInput, .moreOutput:
            break
        }
        keep(rest, connection, answered: position > 0)
    }

    /// Keeps what is not answered, and says when it goes on.
    private func keep(_ rest: UnsafeRawBufferPointer, _ connection: Connection, answered: Bool) {
        if answered || connection.held.count != rest.count { connection.held = rest.isEmpty ? [] : Array(rest) }
        if connection.isBlocked || connection.isAwaiting {
            connection.isHeldUp = !connection.held.isEmpty
            return
        }
        if answered { connection.since = now }
        if connection.isReadable { enqueue(connection) } else { endIfQuiesced(connection) }
    }

    /// Ends a connection that waits for a request after the group has quiesced, once its answers are sent.
    private func endIfQuiesced(_ connection: Connection) {
        guard isQuiescing else { return }
        sendAnswers()
        if !connection.isGone, connection.waiting == .request { end(connection) }
    }

    private func enqueue(_ connection: Connection) {
        if connection.isQueued { return }
        connection.isQueued = true
        queue.append(connection)
    }

    /// The peer has sent its last byte, and all whole requests are answered.
    private func endInput(_ connection: Connection) {
        connection.isReadable = false
        if connection.held.isEmpty { return end(connection) }
        connection.held.withUnsafeBytes { handOver(connection, $0) }
    }

    // MARK: output

    /// Sends answers that come later, and lets their connections go on.
    private func reply(_ replies: Replies) {
        sendAnswers()
        replies.bytes.withUnsafeBytes { bytes in
            var start = 0
            for (key, end) in replies.ends {
                if let connection = connections[Int(key.value & 0xFFFF_FFFF)], connection.key == key {
                    precondition(connection.isAwaiting, "a request is answered once")
                    connection.isAwaiting = false
                    connection.since = now
                    send(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), on: connection)
                    if !connection.isGone { enqueue(connection) }
                }
                start = end
            }
        }
    }

    /// Sends all answers of the turn; what a socket does not take is kept.
    ///
    /// All reads come before all writes: the kernel's code for one of them is as much as a processor's first cache holds.
    private func sendAnswers() {
        if answers.isEmpty { return }
        answerer.takeOutput { output in
            var start = 0
            for (connection, end) in answers {
                send(UnsafeRawBufferPointer(rebasing: output[start..<end]), on: connection)
                start = end
            }
        }
        answers.removeAll(keepingCapacity: true)
    }

    private func send(_ bytes: UnsafeRawBufferPointer, on connection: Connection) {
        if connection.isGone { return }
        if connection.isBlocked { return connection.keepUnsent(bytes) }
        let sent = Glibc.send(connection.socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if sent == bytes.count { return }
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else { return end(connection) }
        connection.keepUnsent(UnsafeRawBufferPointer(rebasing: bytes[max(0, sent)...]))
        connection.since = now
    }

    /// Sends what is left of earlier answers; whether nothing is left.
    private func sendUnsent(_ connection: Connection) -> Bool {
        let sent = connection.unsent.withUnsafeBytes { bytes in
            Glibc.send(
                connection.socket, bytes.baseAddress.map { $0 + connection.unsentStart },
                bytes.count - connection.unsentStart, Int32(MSG_NOSIGNAL))
        }
        guard sent >= 0 || errno == EAGAIN || errno == EINTR else {
            end(connection)
            return false
        }
        connection.sent(max(0, sent))
        if connection.isBlocked { return false }
        connection.since = now
        return true
    }

    // MARK: ends

    private func handOver(_ connection: Connection, _ rest: UnsafeRawBufferPointer) {
        forget(connection)
        counters.handedOver.wrappingAdd(1, ordering: .relaxed)
        handOver(connection.socket, Array(rest))
    }

    /// Sends the last byte, and reads on for a while.
    private func linger(_ connection: Connection) {
        shutdown(connection.socket, Int32(SHUT_WR))
        connection.isLingering = true
        connection.since = now
        drop(connection)
    }

    /// Reads and forgets what a lingering connection's peer still sends.
    private func drop(_ connection: Connection) {
        let count = recv(connection.socket, input.baseAddress, input.count, 0)
        if count > 0 { return enqueue(connection) }
        if count == 0 || errno != EAGAIN && errno != EINTR { end(connection) }
    }

    private func end(_ connection: Connection) {
        forget(connection)
        close(connection.socket)
        counters.leave()
    }

    private func forget(_ connection: Connection) {
        connection.isGone = true
        connections[Int(connection.socket)] = nil
        connectionCount -= 1
        poller.forget(connection.socket)
    }

    private func quiesce() {
        isQuiescing = true
        stopAccepting()
        listener = nil
        // One more look: what has arrived is answered.
        for connection in connections {
            connection?.isReadable = true
            connection.map(enqueue)
        }
    }

    /// Ends the connections whose time is up.
    private func sweep(_ now: UInt64) {
        nextSweep = now + Self.sweepNanoseconds
        if !isQuiescing { startAccepting() }
        for case let connection? in connections {
            guard let waiting = connection.waiting, now > connection.since + settings.timeout(of: waiting) else {
                continue
            }
            switch waiting {
            case .request, .end:
                end(connection)
            case .output:
                counters.outputTimeouts.wrappingAdd(1, ordering: .relaxed)
                end(connection)
            case .restOfRequest:
                counters.requestTimeouts.wrappingAdd(1, ordering: .relaxed)
                connection.held = []
                settings.timeoutAnswer().withUnsafeBytes { bytes in
                    _ = Glibc.send(connection.socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                linger(connection)
            }
        }
    }
}
