import CEpoll
import Glibc

/// An epoll instance (epoll(7)) of one thread. Sockets are watched edge-triggered and for everything at once.
struct Poller: ~Copyable {
    /// What has happened on a socket since it was last told.
    struct Event {
        /// As given to `watch`.
        let key: UInt64
        fileprivate let flags: UInt32

        var isReadable: Bool { flags & (cepoll_in | cepoll_rdhup | cepoll_hup | cepoll_err) != 0 }
        var isWritable: Bool { flags & cepoll_out != 0 }
        /// The peer sends no more: a short read does not mean that nothing follows.
        var isEnding: Bool { flags & (cepoll_rdhup | cepoll_hup | cepoll_err) != 0 }
    }

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(LoadError) {
        descriptor = cepoll_create()
        guard descriptor >= 0 else { throw LoadError(.system, "epoll_create1: \(SocketFault(errno: errno))") }
        events = .allocate(capacity: LoadLimits.eventsMax)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// A socket is forgotten when it is closed.
    func watch(_ socket: Int32, key: UInt64) -> SocketFault? {
        var event = epoll_event()
        event.events = cepoll_in | cepoll_out | cepoll_rdhup | cepoll_et
        event.data.u64 = key
        return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0 ? nil : SocketFault(errno: errno)
    }

    /// Waits until something happens, at most so long; how many events there are, to be read with the subscript.
    func wait(nanoseconds: UInt64) -> Int {
        // -1 is EINTR: nothing has happened.
        max(0, Int(cepoll_wait_nanoseconds(descriptor, events, Int32(LoadLimits.eventsMax), nanoseconds)))
    }

    /// - Parameter index: below what `wait` said.
    subscript(index: Int) -> Event {
        Event(key: events[index].data.u64, flags: events[index].events)
    }
}
