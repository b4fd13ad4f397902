import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import Dispatch
import Glibc
import HTTPTypes
import Metrics
import NIOCore

/// A line of JSON on standard output for each request: when it was answered, who asked what, with which status and in which time. No
/// field of the request is in it but its id, and no secret.
///
/// A queue of its own writes, since standard output may be a pipe whose reader stops: nobody waits for it. What does not fit in
/// `ServerLimits.accessLogBytesMax` meanwhile is dropped, and counted. Any thread may call it.
final class AccessLog: Sendable {
    /// Who made a request.
    struct Visitor: Sendable {
        var address: PeerAddress
        /// Whose token it showed.
        var subject: String?
        var requestID: String?
    }

    static let help = [
        "dealhealth_access_log_dropped_total":
            "Requests that are not in the access log, because its reader was too slow."
    ]

    private struct State {
        var pending: [UInt8] = []
        /// Whether a write is on its way.
        var isWriting = false
    }

    private let descriptor: Int32
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "access log")
    private let dropped: Counter

    /// - Parameter descriptor: an open file, which stays the caller's.
    init(descriptor: Int32, factory: any MetricsFactory) {
        self.descriptor = descriptor
        dropped = Counter(label: "dealhealth_access_log_dropped_total", dimensions: [], factory: factory)
    }

    /// Notes a request that is answered.
    ///
    /// - Parameter target: as it stood in the request line; what is no UTF-8 in it is U+FFFD.
    func note(
        _ method: HTTPRequest.Method, _ target: String, _ status: HTTPResponse.Status, in duration: Duration,
        _ visitor: Visitor
    ) {
        let line = Self.line(method, target, status, duration, visitor)
        let mustWrite: Bool? = state.withLock { state in
            guard state.pending.count + line.count <= ServerLimits.accessLogBytesMax else { return nil }
            state.pending += line
            defer { state.isWriting = true }
            return !state.isWriting
        }
        guard let mustWrite else { return dropped.increment() }
        if mustWrite { queue.async { self.write() } }
    }

    private static func line(
        _ method: HTTPRequest.Method, _ target: String, _ status: HTTPResponse.Status, _ duration: Duration,
        _ visitor: Visitor
    ) -> ByteBufferView {
        var json = JSONWriter()
        json.beginObject()
        json.key("time")
        json.string(Timestamp.wallClock.description)
        json.key("client")
        json.string(visitor.address.description)
        json.key("method")
        json.string(method.rawValue)
        json.key("target")
        json.string(target)
        json.key("status")
        json.integer(status.code)
        json.key("ms")
        json.number((duration.seconds * 1e6).rounded() / 1e3)
        if let subject = visitor.subject {
            json.key("subject")
            json.string(subject)
        }
        if let requestID = visitor.requestID {
            json.key("request_id")
            json.string(requestID)
        }
        json.endObject()
        json.bytes([UInt8(ascii: "\n")])
        return json.buffer.readableBytesView
    }

    /// Writes until nothing is pending.
    private func write() {
        while true {
            let bytes: [UInt8] = state.withLock { state in
                defer { state.pending = [] }
                if state.pending.isEmpty { state.isWriting = false }
                return state.pending
            }
            if bytes.isEmpty { return }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // Nobody reads any more, or the disk of the log is full: there is no one to tell.
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
        }
    }
}
