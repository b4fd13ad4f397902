import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import HTTPTypes
import NIOCore

/// Decides, on a connection's own thread and before any work is done, whether a request is taken or answered 503.
///
/// Two signs, neither of them the use of the processor: what the request would wait for in its class's own queue, and the reactors'
/// standing delay, on which the classes go one after the other, reads of known deals last. Any thread may call it.
final class Admission: Sendable {
    /// A request that was taken; MUST be given back once with `end`.
    struct Ticket: Sendable {
        fileprivate let requestClass: RequestClass
        fileprivate let start: NIODeadline

        /// Of a request that is taken whatever the load.
        static var free: Ticket { Ticket(requestClass: .observation, start: .now()) }
    }

    private let heavy: Locked<ServiceQueue>
    private let ingest = Locked(
        ConcurrencyLimit(limits: ServerLimits.ingestRequests, slack: ServerLimits.ingestSlack))
    private let queueDelay: @Sendable () -> UInt64

    /// - Parameters:
    ///   - workers: processors that requests are worked on by.
    ///   - queueDelay: the reactors' standing delay, nanoseconds.
    init(workers: Int, queueDelay: @escaping @Sendable () -> UInt64) {
        heavy = Locked(
            ServiceQueue(
                workers: workers, inFlightMin: ServerLimits.heavyRequestsMin, waitMax: ServerLimits.heavyWaitMax))
        self.queueDelay = queueDelay
    }

    /// Whether a list or the like would get no ticket now.
    var turnsHeavyAway: Bool {
        isOver(ServerLimits.heavyDelayMax) || heavy.withLock { !$0.hasRoom }
    }

    private func isOver(_ delayMax: Duration) -> Bool {
        .nanoseconds(Int64(clamping: queueDelay())) > delayMax
    }

    /// A ticket; nil when the request is to be answered 503.
    func begin(_ requestClass: RequestClass) -> Ticket? {
        let isTaken =
            switch requestClass {
            case .observation: true
            case .heavy: !isOver(ServerLimits.heavyDelayMax) && heavy.withLock { $0.begin() }
            case .ingest: !isOver(ServerLimits.ingestDelayMax) && ingest.withLock { $0.begin() }
            case .read: !isOver(ServerLimits.readDelayMax)
            }
        return isTaken ? Ticket(requestClass: requestClass, start: .now()) : nil
    }

    /// The request is answered, or its connection gone.
    func end(_ ticket: Ticket) {
        let now = NIODeadline.now()
        let nanoseconds = Double((now - ticket.start).nanoseconds)
        switch ticket.requestClass {
        case .observation, .read: break
        case .heavy: heavy.withLock { $0.end(after: nanoseconds) }
        case .ingest: ingest.withLock { $0.end(after: nanoseconds, now: Double(now.uptimeNanoseconds)) }
        }
    }
}

extension Problem {
    /// There is more to do than can be done soon.
    static var shed: Problem {
        Problem(.serviceUnavailable, .overloaded, "more requests than can be served soon; try again shortly")
            .retry(afterSeconds: ServerLimits.retryAfterSeconds)
    }
}
