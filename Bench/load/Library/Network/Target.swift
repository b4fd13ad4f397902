import CEpoll
import Glibc

/// A server under test: where it is, and how it is named in requests. Plain HTTP only.
public struct Target: Sendable, CustomStringConvertible {
    /// As it was given.
    public let url: String
    public let host: String
    public let port: UInt16
    /// What getaddrinfo(3) found, as connect(2) takes it.
    private let address: [UInt8]
    private let family: Int32

    public var description: String { url }

    /// For the `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 80 ? name : "\(name):\(port)"
    }

    /// Reads `http://HOST[:PORT][/]` and looks the host up, once: later answers of the name service change nothing.
    ///
    /// - Throws: `.target`.
    public init(url: String) throws(LoadError) {
        func fault(_ message: String) -> LoadError { LoadError(.target, "target \(url): \(message)") }
        guard url.hasPrefix("http://") else {
            throw fault("say http://HOST:PORT (TLS is not spoken: terminate it before)")
        }
        var rest = url.dropFirst("http://".count)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains("/") else { throw fault("paths belong in the scenario's work") }
        var port = "80"
        if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
            port = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        guard let number = UInt16(port), number > 0, !rest.isEmpty else { throw fault("say http://HOST:PORT") }
        self.url = url
        self.host = String(rest)
        self.port = number
        (address, family) = try Self.resolve(host: String(rest), port: port) { fault($0) }
    }

    private static func resolve(
        host: String, port: String, fault: (String) -> LoadError
    ) throws(LoadError) -> ([UInt8], Int32) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, port, &hints, &list)
        guard code == 0, let first = list else { throw fault(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        let bytes = UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen))
        return (Array(bytes), first.pointee.ai_family)
    }

    /// Begins a connection: a non-blocking socket without delay (Nagle), connected or about to be.
    ///
    /// - Returns: the socket, or `errno`.
    func connectSocket() -> Result<Int32, SocketFault> {
        let socket = cepoll_stream_socket(family)
        guard socket >= 0 else { return .failure(SocketFault(errno: errno)) }
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let code = address.withUnsafeBytes { bytes in
            connect(socket, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if code == 0 || errno == EINPROGRESS { return .success(socket) }
        let fault = SocketFault(errno: errno)
        close(socket)
        return .failure(fault)
    }

    /// Waits until a connection can be made, and ends it.
    ///
    /// - Throws: `.target` when that is not so within `nanoseconds`.
    public func probe(within nanoseconds: UInt64) throws(LoadError) {
        func fault(_ why: String) -> LoadError {
            LoadError(.target, "cannot connect to \(url): \(why). Is the server running, and is this its address?")
        }
        switch connectSocket() {
        case .failure(let failure): throw fault(failure.description)
        case .success(let socket):
            defer { close(socket) }
            var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, Int32(nanoseconds / 1_000_000)) == 1 else { throw fault("no answer in time") }
            if let failure = SocketFault(pendingOn: socket) { throw fault(failure.description) }
        }
    }
}

/// Why a socket does not work: `errno`.
struct SocketFault: Error, CustomStringConvertible {
    let errno: Int32

    init(errno: Int32) {
        self.errno = errno
    }

    /// The error that waits on a socket (SO_ERROR, socket(7)); nil when none does. Takes it away.
    init?(pendingOn socket: Int32) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code != 0 else { return nil }
        errno = code
    }

    /// This machine's own shortage, not the server's.
    var isOurs: Bool { errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EADDRNOTAVAIL }

    var description: String { String(cString: strerror(errno)) }
}
