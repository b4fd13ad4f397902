import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import HTTPTypes
import NIOCore

/// Gathers the events that a reactor's connections post in one turn into one submission: they are decoded into the same memory, cross
/// to the engine together and are answered together, so that none of it is paid for each event.
///
/// Belongs to the reactor's thread.
final class FastEvents {
    private let handle: EngineHandle
    private let metrics: HTTPMetrics
    private let admission: Admission
    private let port: ReplyPort
    private let doorkeeper: Doorkeeper

    /// Events in one submission: so many rejections are listed.
    private static let eventsMax = Limits.rejectionsListedMax

    private var decoder: EventDecoder?
    private var batch = EventBatch(storage: [])
    private var senders: [Submission.Sender] = []
    private var refusals = Replies()

    init(
        handle: EngineHandle, metrics: HTTPMetrics, admission: Admission, doorkeeper: Doorkeeper, port: ReplyPort
    ) {
        self.handle = handle
        self.metrics = metrics
        self.admission = admission
        self.doorkeeper = doorkeeper
        self.port = port
    }

    /// Takes the event of a request, to be answered later; false when the request is the slow lane's: no engine yet,
    /// malformed, or several events.
    func take(
        _ post: EventPost, in request: UnsafeRawBufferPointer, from connection: ConnectionKey, of peer: PeerAddress,
        turnStart: NIODeadline
    ) -> Bool {
        let body = UnsafeRawBufferPointer(rebasing: request[post.body])
        guard let engine = handle.engine, Self.isObject(body) else { return false }
        if let problem = doorkeeper.admit(post.client, in: request, from: peer, needing: .writeEvents) {
            refuse(problem, connection)
            return true
        }
        let now = NIODeadline.now()
        let isLate = now - turnStart > TimeAmount(ServerLimits.ingestDelayMax)
        guard !isLate, let ticket = admission.begin(.ingest) else {
            refuse(.shed, connection)
            return true
        }
        if senders.count == Self.eventsMax { submit() }
        let decoder = decoder ?? engine.decoder()
        self.decoder = decoder
        do {
            try decoder.append(document: body, index: senders.count, to: &batch)
        } catch {
            admission.end(ticket)
            doorkeeper.handOver()
            return false
        }
        senders.append(
            Submission.Sender(
                connection: connection, ticket: ticket, start: now, answerFields: doorkeeper.answerFields,
                visitor: doorkeeper.visitor))
        return true
    }

    /// Whether the first byte that is not white space opens an object.
    private static func isObject(_ body: UnsafeRawBufferPointer) -> Bool {
        body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D } == UInt8(ascii: "{")
    }

    /// Submits what has gathered; the answers come through the port.
    func submit() {
        if !refusals.ends.isEmpty {
            port.send(refusals)
            refusals = Replies()
        }
        guard !senders.isEmpty, let engine = handle.engine else { return }
        let submission = Submission(
            engine: engine, handle: handle, metrics: metrics, admission: admission, port: port,
            accessLog: doorkeeper.accessLog, batch: batch,
            senders: senders)
        decoder = nil
        batch = EventBatch(storage: [])
        senders = []
        // Outlived by the listener, whose reactors end only when every connection has its answer.
        Task { await submission.run() }
    }

    /// Refuses the event of `connection`, at the end of the turn.
    private func refuse(_ problem: Problem, _ connection: ConnectionKey) {
        refusals.append(problem.wholeAnswer().bytes(with: doorkeeper.answerFields), to: connection)
        metrics.answered(.events, .post, problem.status, in: .nanoseconds(0))
        if let accessLog = doorkeeper.accessLog, let visitor = doorkeeper.visitor {
            accessLog.note(.post, Route.events.template, problem.status, in: .zero, visitor)
        }
    }
}
