import Foundation
import Glibc
import Testing

/// The other end of a connection: a blocking socket whose calls give up after `patience`. Closed with its last reference.
final class Peer: Sendable {
    /// Longer than anything that a test waits for, and not for ever.
    static let patience: Duration = .seconds(20)

    let descriptor: Int32

    /// A socket that is not connected yet.
    ///
    /// - Parameter bufferBytes: what the kernel keeps for it in each direction; it has a least size of its own.
    init(bufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        try set(SO_RCVTIMEO, timeval(tv_sec: Int(Self.patience.components.seconds), tv_usec: 0))
        try set(SO_SNDTIMEO, timeval(tv_sec: Int(Self.patience.components.seconds), tv_usec: 0))
        if let bufferBytes {
            try set(SO_RCVBUF, bufferBytes)
            try set(SO_SNDBUF, bufferBytes)
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    convenience init(port: Int, bufferBytes: Int32? = nil) throws {
        try self.init(bufferBytes: bufferBytes)
        try connect(port: port)
    }

    /// Takes a socket that was handed over.
    init(descriptor: Int32) throws {
        self.descriptor = descriptor
        let flags = fcntl(descriptor, F_GETFL)
        try #require(fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0)
        try set(SO_RCVTIMEO, timeval(tv_sec: Int(Self.patience.components.seconds), tv_usec: 0))
    }

    deinit {
        close(descriptor)
    }

    private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) throws {
        var value = value
        try #require(setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0)
    }

    func connect(port: Int) throws {
        var address = ReactorRig.loopback(port: port)
        let result = withUnsafeBytes(of: &address) { bytes in
            Glibc.connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL) }
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends all; a peer that ended meanwhile is an error.
    func send(_ bytes: [UInt8]) throws {
        try #require(trySend(bytes) == bytes.count, "send: \(String(cString: strerror(errno)))")
    }

    /// Sends until it fails; the bytes that were sent.
    func trySend(_ bytes: [UInt8]) -> Int {
        var start = 0
        while start < bytes.count {
            let sent = bytes[start...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { break }
            start += sent
        }
        return start
    }

    /// Sends what there is room for at once, again and again, until nothing is taken any more for a while; the bytes that were sent.
    func sendUntilFull(_ bytes: [UInt8]) -> Int {
        var count = 0
        var refusals = 0
        while refusals < 20 {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if sent > 0 {
                count += sent
                refusals = 0
            } else {
                refusals += 1
                usleep(10_000)
            }
        }
        return count
    }

    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection in both directions; the descriptor stays.
    func end() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Ends the connection with a reset when it is closed.
    func resetOnClose() throws {
        try set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }

    /// The next bytes, at most `count`; empty at the end, nil after an error or when patience ends.
    func receiveSome(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &bytes, count, 0)
        return received < 0 ? nil : Array(bytes[..<received])
    }

    /// The next `count` bytes; fewer when the connection ends before.
    func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let some = try #require(
                receiveSome(min(count - bytes.count, 1 << 20)), "recv: \(String(cString: strerror(errno)))")
            if some.isEmpty { break }
            bytes += some
        }
        return bytes
    }

    /// Everything until the connection ends in good order.
    func receiveAll() throws -> String {
        String(decoding: try receive(.max), as: UTF8.self)
    }

    /// Sends and expects as many bytes as `answer` has.
    func ask(_ text: String, _ answer: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try send(text)
        try expect(answer, sourceLocation: sourceLocation)
    }

    func expect(_ answer: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let received = String(decoding: try receive(answer.utf8.count), as: UTF8.self)
        #expect(received == answer, sourceLocation: sourceLocation)
    }

    /// Whether the connection ends in good order, without another byte.
    func isEnded() -> Bool {
        receiveSome(1)?.isEmpty == true
    }

    /// Whether something may be received, or the end, at once.
    func hasInput(within milliseconds: Int32 = 0) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) > 0
    }
}
