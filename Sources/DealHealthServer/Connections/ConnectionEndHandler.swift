import DealHealthCore
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections in good order, where Hummingbird would not:
/// - a request that is no HTTP gets a problem (431 for too many header bytes, else 400), after the answers due before it;
/// - after an answer with `Connection: close` the connection is ended even if the peer goes on sending: nothing more is
///   written, what arrives is dropped, and after `ServerLimits.lingerTimeout` it is closed. Closing at once would send a reset
///   that can overtake the answer;
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
        /// A malformed request waits for the answers before it. Becomes `lingering`.
        case refusing(Problem)
        /// Nothing more is written and what arrives is dropped. Final.
        case lingering
    }

    /// Kept up to date here, for the fast lane.
    let progress = ConnectionProgress()

    private let metrics: HTTPMetrics
    private var state = State.open
    /// Whether the answer being written ends the connection.
    private var endsConnection = false

    init(metrics: HTTPMetrics) {
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .open = state else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            progress.requestBegan()
            sendContinueIfExpected(head, context)
        case .body: progress.bodyArrived()
        case .end: progress.requestEnded()
        }
        context.fireChannelRead(data)
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
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(problem.json.buffer)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
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
            head.headerFields[.contentLength].flatMap({ Int($0) }) ?? 0 <= Limits.ndjsonBodyBytesMax
        else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
