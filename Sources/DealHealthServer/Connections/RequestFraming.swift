import NIOCore
import NIOHTTP1

/// Refuses requests that the codec takes although another parser may read them differently, and lets nothing follow the last one
/// of a connection. RFC 9112:
/// - §3.2: more than one `Host`, or none in HTTP/1.1;
/// - §6.1: a `Transfer-Encoding` other than `chunked` (an empty one, to the codec, is none), or any in HTTP/1.0;
/// - §9.3: a request in HTTP/1.0 is the last one. That it may ask for more is for old clients, which can do without.
///
/// The last one also is what the decoder reads nothing behind: `Upgrade`, which we ignore (RFC 9110 §7.8), `CONNECT`,
/// `Proxy-Connection: close`. Otherwise the client would wait for an answer to its next request.
///
/// Sits behind the codec's decoder, where the version and all fields are still to be seen; `ConnectionEndHandler` answers.
final class RequestFraming: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private enum State {
        /// Requests pass. Becomes `last` or `ended`.
        case open
        /// The rest of the last request passes. Becomes `ended`.
        case last
        /// Nothing passes. Final.
        case ended
    }

    private var state = State.open

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ended = state { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard Self.isUnambiguous(head) else {
                state = .ended
                return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
            }
            context.fireChannelRead(Self.isLast(head) ? last(head) : data)
        case .body: context.fireChannelRead(data)
        case .end:
            if case .last = state { state = .ended }
            context.fireChannelRead(data)
        }
    }

    private static func isUnambiguous(_ head: HTTPRequestHead) -> Bool {
        let isCurrent = head.version == .http1_1
        let hostCount = head.headers["host"].count
        let codings = head.headers["transfer-encoding"]
        return (isCurrent ? hostCount == 1 : hostCount <= 1)
            && (codings.isEmpty || isCurrent && codings.count == 1 && isChunked(codings[0]))
    }

    private static func isChunked(_ coding: String) -> Bool {
        coding.lowercased().split { $0 == " " || $0 == "\t" } == ["chunked"]
    }

    private static func isLast(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_1 || !head.isKeepAlive || head.headers.contains(name: "upgrade")
            || head.method == .CONNECT
    }

    /// The head of a request that says, in the words of HTTP/1.1, that no other follows.
    private func last(_ head: HTTPRequestHead) -> NIOAny {
        state = .last
        var head = head
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        return wrapInboundOut(.head(head))
    }
}

/// Puts `RequestFraming` in its place: Hummingbird takes handlers only for behind its own conversion of requests, which keeps one
/// `Host` and no version.
final class RequestFramingInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestFraming(), position: .after(decoder))
        } catch {
            preconditionFailure("Hummingbird adds these handlers behind a decoder: \(error)")
        }
    }
}
