import CEpoll
import Glibc

/// An epoll instance (epoll(7)). Sockets are watched edge-triggered and for everything at once, so that a connection costs one
/// `epoll_ctl` in its life: whoever is told MUST read or write until the socket has no more, or remember that it did not.
///
/// Belongs to one thread.
struct Poller: ~Copyable {
    /// What has happened on a descriptor since it was last told.
    struct Event {
        /// As given to `watch`.
        let key: UInt64
        fileprivate let flags: UInt32

        /// There may be bytes to read, or the peer has sent its last.
        var isReadable: Bool { flags & (cepoll_in | cepoll_rdhup | cepoll_hup | cepoll_err) != 0 }
        /// There may be room to write again.
        var isWritable: Bool { flags & (cepoll_out | cepoll_hup | cepoll_err) != 0 }
        /// The peer sends no more: reading goes on until it says so itself.
        var isInputEnding: Bool { flags & (cepoll_rdhup | cepoll_hup | cepoll_err) != 0 }
    }

    /// Events taken from the kernel at once: those of all connections that are ever ready together, so that a turn is a turn for all.
    private static let eventsMax = 4_096

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(ReactorError) {
        descriptor = cepoll_create()
        guard descriptor >= 0 else { throw ReactorError("epoll_create1") }
        events = .allocate(capacity: Self.eventsMax)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// Tells of `socket`'s input, output and end, each time that something new happens.
    func watch(_ socket: Int32, key: UInt64) throws(ReactorError) {
        try control(EPOLL_CTL_ADD, socket, cepoll_in | cepoll_out | cepoll_rdhup | cepoll_et, key)
    }

    /// Tells of `descriptor` for as long as it is readable.
    func watchInput(_ descriptor: Int32, key: UInt64) throws(ReactorError) {
        try control(EPOLL_CTL_ADD, descriptor, cepoll_in, key)
    }

    /// Tells nothing more of `descriptor`.
    func forget(_ descriptor: Int32) {
        _ = epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, nil)
    }

    private func control(_ operation: Int32, _ target: Int32, _ flags: UInt32, _ key: UInt64) throws(ReactorError) {
        var event = epoll_event()
        event.events = flags
        event.data.u64 = key
        guard epoll_ctl(descriptor, operation, target, &event) == 0 else { throw ReactorError("epoll_ctl") }
    }

    /// Waits until something happens, at most `milliseconds`; then calls `body` with each event.
    func wait(milliseconds: Int32, _ body: (Event) -> Void) {
        let count = epoll_wait(descriptor, events, Int32(Self.eventsMax), milliseconds)
        // EINTR: nothing has happened.
        guard count > 0 else { return }
        for index in 0..<Int(count) { body(Event(key: events[index].data.u64, flags: events[index].events)) }
    }
}
