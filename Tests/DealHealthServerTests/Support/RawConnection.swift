import HTTPTypes
import NIOCore
import NIOPosix

/// A TCP connection of bare bytes, for what no HTTP client sends.
struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var unread: [UInt8] = []
    private let channel: any Channel

    private init(
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ channel: any Channel
    ) {
        self.outbound = outbound
        self.inbound = inbound.makeAsyncIterator()
        self.channel = channel
    }

    /// Connects to a local port for the length of `body`.
    static func with<Result: Sendable>(
        port: Int, _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self,
                            outboundType: ByteBuffer.self))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(outbound, inbound, channel.channel)
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends nothing more; the other direction stays open.
    func finishSending() {
        outbound.finish()
    }

    /// The next response, its body by Content-Length; nil when the peer closes first.
    mutating func reply(hasBody: Bool = true) async throws -> Reply? {
        guard let (head, body) = try await rawReply(hasBody: hasBody) else { return nil }
        let lines = head.split(separator: "\r\n")
        return Reply(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: Self.headers(lines.dropFirst()), bytes: body)
    }

    /// As `reply`, the head as it came, with the empty line.
    mutating func rawReply(hasBody: Bool = true) async throws -> (head: String, body: [UInt8])? {
        var end: Int?
        while end == nil {
            end = Self.headEnd(unread)
            if end == nil, try await !fill() { return nil }
        }
        let head = String(decoding: unread[..<((end ?? 0) + 4)], as: UTF8.self)
        unread.removeFirst((end ?? 0) + 4)
        let headers = Self.headers(head.split(separator: "\r\n").dropFirst())
        let length = hasBody ? headers[.contentLength].flatMap { Int($0) } ?? 0 : 0
        while unread.count < length { if try await !fill() { break } }
        let body = Array(unread.prefix(length))
        unread.removeFirst(body.count)
        return (head, body)
    }

    private static func headers(_ lines: some Sequence<Substring>) -> HTTPFields {
        var headers: HTTPFields = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if let name = HTTPField.Name(String(parts[0])) { headers[name] = parts[1].drop { $0 == " " }.description }
        }
        return headers
    }

    /// Whether the peer closes without another byte.
    mutating func isClosedByPeer() async throws -> Bool {
        if !unread.isEmpty { return false }
        return try await !fill()
    }

    private mutating func fill() async throws -> Bool {
        guard let chunk = try await inbound.next() else { return false }
        unread.append(contentsOf: chunk.readableBytesView)
        return true
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }
    }
}
