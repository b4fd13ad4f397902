import Foundation
import Synchronization

/// An HTTP server on a thread of its own, on loopback, that answers at once but for one stall in which it does nothing at all.
final class StallingServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let isStopped = Mutex(false)

    /// - Parameters:
    ///   - stallAfter: seconds after the first request.
    ///   - seconds: of the stall.
    init(stallAfter: Double, seconds: Double) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            bind(listener, pointer, size)
            listen(listener, 128)
            getsockname(listener, pointer, &size)
            return bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
        }
        self.listener = listener
        let thread = Thread { self.serve(stallAfter: stallAfter, seconds: seconds) }
        thread.start()
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    private func serve(stallAfter: Double, seconds: Double) {
        var sockets = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        var stallAt: Date?
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
        while !isStopped.withLock({ $0 }) {
            guard poll(&sockets, nfds_t(sockets.count), 10) > 0 else { continue }
            if let instant = stallAt, Date() >= instant {
                Thread.sleep(forTimeInterval: seconds)
                stallAt = .distantFuture
            }
            for ready in sockets.dropFirst() where ready.revents != 0 {
                let count = recv(ready.fd, &buffer, buffer.count, 0)
                if count <= 0 {
                    close(ready.fd)
                    sockets.removeAll { $0.fd == ready.fd }
                    continue
                }
                stallAt = stallAt ?? Date(timeIntervalSinceNow: stallAfter)
                // Requests are not cut on loopback: each ends where one read does.
                let requests = buffer[..<count].count { $0 == UInt8(ascii: "G") }
                for _ in 0..<requests { _ = send(ready.fd, answer, answer.count, Int32(MSG_NOSIGNAL)) }
            }
            if sockets[0].revents != 0 {
                sockets.append(pollfd(fd: accept(listener, nil, nil), events: Int16(POLLIN), revents: 0))
            }
        }
        for ready in sockets { close(ready.fd) }
    }
}
