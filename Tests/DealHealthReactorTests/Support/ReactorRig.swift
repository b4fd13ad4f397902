import DealHealthReactor
import Glibc
import Testing

/// A group of reactors that answer lines at a port of their own, for the length of a closure.
struct ReactorRig: Sendable {
    let port: Int
    let counters: ReactorCounters
    let answered: AnsweredCount
    let handedOver: HandedOver
    let group: ReactorGroup

    /// Long enough for no test to meet a bound that it did not set.
    static func settings() -> ReactorSettings {
        ReactorSettings(
            connectionsMax: 10_000, idleTimeout: .seconds(60), requestTimeout: .seconds(60),
            outputTimeout: .seconds(60), lingerTimeout: .milliseconds(200), fullAnswer: { Array("full\n".utf8) },
            timeoutAnswer: { Array("late\n".utf8) })
    }

    /// Runs `body` on a thread of its own, since it blocks. Afterwards the group stops, unless it has ended already.
    static func run(
        _ settings: ReactorSettings = settings(), reactorCount: Int = 1,
        _ body: @escaping @Sendable (ReactorRig) throws -> Void
    ) async throws {
        let rig = try ReactorRig(settings, reactorCount: reactorCount)
        async let ended: Void = rig.group.run()
        let result = await withTaskExecutorPreference(ThreadExecutor()) { Result { try body(rig) } }
        rig.group.stop()
        await ended
        try result.get()
    }

    private init(_ settings: ReactorSettings, reactorCount: Int) throws {
        var address = Self.loopback(port: 0)
        let listener = try withUnsafeBytes(of: &address) { bytes in
            let start = try #require(bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self))
            return try ListeningSocket(address: start, length: socklen_t(bytes.count), backlog: 1_024)
        }
        let answered = AnsweredCount()
        let handedOver = HandedOver()
        port = listener.port
        counters = ReactorCounters()
        group = try ReactorGroup(
            settings: settings, listener: listener, counters: counters,
            delays: (0..<reactorCount).map { _ in QueueDelay() }, makeAnswerer: { LineAnswerer(answered, $0) },
            handOver: { handedOver.append($0, $1) })
        self.answered = answered
        self.handedOver = handedOver
    }

    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return address
    }

    func connect(bufferBytes: Int32? = nil) throws -> Peer {
        try Peer(port: port, bufferBytes: bufferBytes)
    }

    /// Whether `condition` holds before patience ends.
    func eventually(_ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + Peer.patience
        while !condition() {
            if ContinuousClock.now > end { return false }
            usleep(2_000)
        }
        return true
    }

    /// Whether all connections that there were have been closed and counted out.
    func expectNoneOpen(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(eventually { counters.connectionsOpen == 0 }, sourceLocation: sourceLocation)
    }
}
