import CEpoll
import Foundation
import Synchronization

/// Reactors that share the connections of one listening socket, in turn. Any thread may call it.
public final class ReactorGroup: Sendable {
    private let reactors: [Reactor]

    /// - Parameters:
    ///   - delays: one for each reactor, which has a thread: more than there are processors only take turns.
    ///   - makeAnswerer: makes what answers one reactor's requests; it is used on that reactor's thread only, but for
    ///     the port, through which later answers go.
    ///   - handOver: takes over a socket that sends what no answerer takes, with the bytes read from it. Called on a reactor's
    ///     thread: MUST NOT wait. Whoever takes it MUST call `ReactorCounters.handedOverConnectionEnded` once when it ends.
    public init(
        settings: ReactorSettings, listener: ListeningSocket, counters: ReactorCounters, delays: [QueueDelay],
        makeAnswerer: (ReplyPort) -> sending any RequestAnswerer,
        handOver: @escaping @Sendable (_ socket: Int32, _ bytes: [UInt8]) -> Void
    ) throws(ReactorError) {
        var reactors: [Reactor] = []
        for delay in delays {
            reactors.append(
                try Reactor(
                    settings: settings, counters: counters, queueDelay: delay, makeAnswerer: makeAnswerer,
                    handOver: handOver))
        }
        reactors[0].accept(from: listener, with: Array(reactors.dropFirst()))
        self.reactors = reactors
    }

    /// The processors that this process may run on.
    public static var usableProcessorCount: Int {
        max(1, Int(cepoll_usable_processors()))
    }

    /// Starts a thread for each reactor; returns when all have quiesced.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (index, reactor) in reactors.enumerated() {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        let thread = Thread {
                            reactor.run()
                            continuation.resume()
                        }
                        thread.name = "reactor-\(index)"
                        thread.start()
                    }
                }
            }
        }
    }

    /// Takes no more connections and requests; connections end as their last answers are sent.
    public func quiesce() {
        for reactor in reactors { reactor.post(.quiesce) }
    }

    /// Ends all connections at once.
    public func stop() {
        for reactor in reactors { reactor.post(.stop) }
    }
}
