import DealHealthReactor
import NIOCore
import Synchronization

/// Everything that the fast lane of a listener shares among its connections.
final class FastLane: Sendable {
    /// What the reactors have done.
    let counters = ReactorCounters()
    /// How long requests wait for their turn in each reactor.
    let delays: [QueueDelay]
    private let handle: EngineHandle
    private let metrics: HTTPMetrics
    private let door: FrontDoor
    private let accessLog: AccessLog?
    let admission: Admission
    /// One for each event loop; made with its first connection.
    private let reads = Mutex<[ObjectIdentifier: NIOLoopBound<FastReads>]>([:])

    init(handle: EngineHandle, metrics: HTTPMetrics, door: FrontDoor, accessLog: AccessLog?, reactorCount: Int) {
        let delays = (0..<reactorCount).map { _ in QueueDelay() }
        self.delays = delays
        admission = Admission(workers: ReactorGroup.usableProcessorCount) {
            delays.reduce(0) { max($0, $1.nanoseconds) }
        }
        self.handle = handle
        self.door = door
        self.accessLog = accessLog
        self.metrics = metrics
    }

    /// The longest standing delay of any reactor, nanoseconds.
    var queueDelayNanoseconds: UInt64 {
        delays.reduce(0) { max($0, $1.nanoseconds) }
    }

    /// What a reactor serves whose later answers go through `port`.
    func makeAnswerer(_ port: ReplyPort) -> FastAnswerer {
        let doorkeeper = Doorkeeper(door, accessLog: accessLog)
        return FastAnswerer(
            reads: makeReads(doorkeeper),
            events: FastEvents(
                handle: handle, metrics: metrics, admission: admission, doorkeeper: doorkeeper, port: port))
    }

    /// What answers reads on a thread of its own.
    private func makeReads(_ doorkeeper: Doorkeeper) -> FastReads {
        FastReads(handle: handle, metrics: metrics, admission: admission, doorkeeper: doorkeeper)
    }

    /// What answers reads on `eventLoop`, which MUST be the current one.
    func reads(on eventLoop: any EventLoop) -> FastReads {
        reads.withLock { all in
            let key = ObjectIdentifier(eventLoop)
            if let bound = all[key] { return bound }
            let bound = NIOLoopBound(makeReads(Doorkeeper(door, accessLog: accessLog)), eventLoop: eventLoop)
            all[key] = bound
            return bound
        }.value
    }
}
