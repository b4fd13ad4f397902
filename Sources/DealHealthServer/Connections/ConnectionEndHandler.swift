import DealHealthCore
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections in good order, where Hummingbird would not:
/// - a request that is no HTTP, or can be read in two ways (`RequestFraming`), gets a problem (431 for too many header bytes, else 400), after the answers due before it;
/// - after an answer with `Connection: close` the connection is ended even if the peer goes on sending: nothing more is
///   written, what arrives is dropped, and after `ServerLimits.lingerTimeout` it is closed. Closing at once would send a reset
///   that can overtake the answer;
/// - a request that there is no time for is turned away here, before any work is done (`Admission`);
/// - a peer that asks for `100 Continue` gets it unless its body is too long anyway (RFC 9110 §10.1.1).
///
/// Sits between the codec and Hummingbird's handlers; all of it runs on the channel's event loop.
final class ConnectionEndHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Requests are taken. Becomes `refusing` or `lingering`.
        case open
        /// The rest of a request that was turned away is dropped. Becomes `open`.
        case dropping
        /// A malformed request waits for the answers before it. Becomes `lingering`.
        case refusing(Problem)
        /// Nothing more is written and what arrives is dropped. Final.
        case lingering
    }

    /// Kept up to date here, for the fast lane.
    let progress = ConnectionProgress()

    private let kind: ListenerKind
    private let metrics: HTTPMetrics
    private let admission: Admission
    /// Of the requests in flight, in order.
    private var tickets = CircularBuffer<Admission.Ticket>()
    private var state = State.open
    /// Whether the answer being written ends the connection.
    private var endsConnection = false

    init(kind: ListenerKind, metrics: HTTPMetrics, admission: Admission) {
        self.kind = kind
        self.metrics = metrics
        self.admission = admission
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .open: break
        case .dropping: return drop(part)
        case .refusing, .lingering: return
        }
        switch part {
        case .head(let head):
            progress.requestBegan()
            guard admit(head, context) else { return }
            sendContinueIfExpected(head, context)
        case .body: progress.bodyArrived()
        case .end: progress.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        while let ticket = tickets.popFirst() { admission.end(ticket) }
        context.fireChannelInactive()
    }

    /// Takes the request, or turns it away; one behind others on its connection is always taken, since answers go in order.
    private func admit(_ head: HTTPRequest, _ context: ChannelHandlerContext) -> Bool {
        let route = RequestTarget(head.path ?? "").flatMap { $0.route.isServed(by: kind) ? $0.route : nil }
        let requestClass = kind == .operations ? .observation : route?.requestClass ?? .heavy
        if let ticket = admission.begin(requestClass) {
            tickets.append(ticket)
            return true
        }
        guard progress.requestsInFlight == 1 else {
            tickets.append(.free)
            return true
        }
        metrics.shed(route, head.method)
        var response = Problem.shed.response.head
        let ends =
            RequestResponder.hasLongBody(head.headerFields) || head.headerFields[.expect] != nil
            || head.headerFields[.connection]?.lowercased() == "close"
        if ends { response.headerFields[.connection] = "close" }
        answer(Problem.shed, head: response, hasBody: head.method != .head, context)
        if ends { linger(context) } else { state = .dropping }
        return false
    }

    /// Takes no notice of a part but for where the request ends.
    private func drop(_ part: HTTPRequestPart) {
        guard case .end = part else { return progress.bodyArrived() }
        state = .open
        progress.requestEnded()
        progress.answerEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard case .open = state else { return }
        // Inside a body the request's own code sees the error and answers.
        if progress.isReadingBody { return context.fireErrorCaught(error) }
        let problem = Self.problem(of: error)
        if progress.requestsInFlight > 0 {
            state = .refusing(problem)
            progress.willClose()
        } else {
            refuse(problem, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .lingering = state {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { endsConnection = true }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if let ticket = tickets.popFirst() { admission.end(ticket) }
            progress.answerEnded()
            if endsConnection {
                linger(context)
            } else if case .refusing(let problem) = state, progress.requestsInFlight == 0 {
                refuse(problem, context)
            }
        }
    }

    private static func problem(of error: HTTPParserError) -> Problem {
        guard error == .headerOverflow else {
            return Problem(.badRequest, .malformed, "the request is not well-formed HTTP/1.1")
        }
        let status = HTTPResponse.Status.requestHeaderFieldsTooLarge
        return Problem(
            status, .headersTooLarge,
            "request line and headers are over \(Limits.headerBytesMax) bytes, or too many fields; many deals fit into a POST"
        )
        .with("limit_bytes", .integer(Int64(Limits.headerBytesMax)))
    }

    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        metrics.refused(problem.status)
        var head = problem.response.head
        head.headerFields[.connection] = "close"
        answer(problem, head: head, hasBody: true, context)
        linger(context)
    }

    private func answer(_ problem: Problem, head: HTTPResponse, hasBody: Bool, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody { context.write(wrapOutboundOut(.body(problem.json.buffer)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .lingering
        progress.willClose()
        context.flush()
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(ServerLimits.lingerTimeout)) {
            channel.close(promise: nil)
        }
    }

    private func sendContinueIfExpected(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        guard head.headerFields[.expect]?.lowercased() == "100-continue", progress.requestsInFlight == 1,
            head.headerFields[.contentLength].map({ Int($0) ?? .max }) ?? 0 <= Limits.ndjsonBodyBytesMax
        else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
