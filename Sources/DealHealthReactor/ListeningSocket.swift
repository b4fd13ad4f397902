import CEpoll
public import Glibc

/// A TCP socket that listens. Closed with its last reference; `accept` may be called on any thread.
public final class ListeningSocket: Sendable {
    let descriptor: Int32

    /// Listens at `address`, with at most `backlog` connections that nobody has accepted yet. The address may be one of an
    /// earlier process whose connections linger.
    public init(
        address: UnsafePointer<sockaddr>, length: socklen_t, backlog: Int32
    ) throws(ReactorError) {
        descriptor = cepoll_stream_socket(Int32(address.pointee.sa_family))
        guard descriptor >= 0 else { throw ReactorError("socket") }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) == 0 else {
            throw ReactorError("setsockopt")
        }
        // Inherited by the connections: each answer goes out at once.
        guard setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size) == 0 else {
            throw ReactorError("setsockopt")
        }
        guard bind(descriptor, address, length) == 0 else { throw ReactorError("bind") }
        guard listen(descriptor, backlog) == 0 else { throw ReactorError("listen") }
    }

    deinit {
        close(descriptor)
    }

    /// The port that it listens at; 0 when there is none.
    public var port: Int {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress,
                getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return 0 }
            switch Int32(bytes.load(as: sockaddr.self).sa_family) {
            case AF_INET: return Int(UInt16(bigEndian: bytes.load(as: sockaddr_in.self).sin_port))
            case AF_INET6: return Int(UInt16(bigEndian: bytes.load(as: sockaddr_in6.self).sin6_port))
            default: return 0
            }
        }
    }

    /// What `accept` found.
    enum Accepted {
        case socket(Int32)
        /// Nobody waits, or who waited is gone.
        case nobody
        /// No descriptor or memory is left for another: trying again at once helps nobody.
        case exhausted
    }

    func accept() -> Accepted {
        let socket = cepoll_accept(descriptor)
        if socket >= 0 { return .socket(socket) }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        default: return .nobody
        }
    }
}
