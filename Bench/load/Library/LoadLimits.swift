/// Every bound of the harness, with its reason. Times are nanoseconds.
public enum LoadLimits {
    static let second: UInt64 = 1_000_000_000

    // MARK: scenarios

    /// A scenario is written by hand.
    public static let scenarioBytesMax = 64 << 10
    /// A day's curve is written by a program, one line for each step: a step a second, and a header.
    public static let curveLinesMax = 86_401
    /// Segments of all phases together: stairs and teeth are cut into them.
    public static let segmentsMax = 100_000
    /// Phases and kinds of work, each with histograms of 258 KiB in each thread.
    public static let phasesMax = 16
    public static let operationsMax = 16
    /// A week; every second takes a line of the result.
    public static let runSecondsMax = 7 * 86_400.0
    /// More than one core's system calls can start.
    public static let rateMax = 10_000_000.0
    /// Beyond this a machine's threads only take turns.
    public static let threadsMax = 64
    /// A quarter of the descriptors that Linux gives a process at most by default (2^20 under systemd), and all of one address's ports
    /// towards one other.
    public static let connectionsMax = 60_000
    /// Requests on the way on one connection; servers buffer no more.
    public static let pipelineMax = 256
    /// Their names have at most so many digits.
    public static let keysMax = 100_000_000
    /// Ids in one read, or events in one body: no server takes as many in one body of 32 MiB.
    public static let itemsMax = 100_000
    /// Starts that wait for a free connection; each takes 16 bytes.
    public static let backlogMax = 10_000_000
    /// A user is gone by then; a request that is stuck is found out.
    public static let timeoutMax = 600 * second

    // MARK: what answers take

    /// A response's head; servers and proxies stop at 8 to 64 KiB.
    static let headBytesMax = 64 << 10
    /// A body that is looked at and not only skipped.
    static let heldBodyBytesMax = 4 << 20
    /// Read from a socket at once.
    static let readBytesMax = 256 << 10

    // MARK: threads

    /// Taken from the kernel at once.
    static let eventsMax = 1_024
    /// How often deadlines are looked at and lost connections opened again.
    static let tick: UInt64 = 10_000_000
    /// From one attempt to open a connection to the next, doubled each time from a tick to this: a server that starts is found soon,
    /// and one that is down is not flooded.
    static let reopenAfterMax: UInt64 = 500_000_000
    /// A connection that is not there by then is given up; a lost SYN is sent again after one second.
    static let connectWithin: UInt64 = 3 * second
    /// When for so long no connection at all could be opened or used, the run ends: nothing is left to measure.
    public static let giveUpAfter: UInt64 = 5 * second
    /// The same while somebody stops and starts the server under test.
    public static let giveUpAfterWithChaos: UInt64 = 60 * second

    // MARK: certifying

    /// A start that happens later than this after its plan is told as late.
    public static let lateStartAfter: UInt64 = 1_000_000
    /// Of a processor: a thread that was busier than this may itself have been the bottleneck.
    public static let workerShareMax = 0.95

    // MARK: verifying

    /// Events that a ledger remembers, one byte each: an hour at 4,000 a second.
    public static let ledgerEventsMax = 16_000_000
    /// Deals that it remembers, some 40 bytes each.
    public static let ledgerDealsMax = 1_000_000
    /// Events of a deal whose score is checked while the load runs: some microseconds. All are at the end.
    static let ledgerFoldEventsMax = 64
    /// Broken promises that are told; the rest are counted.
    static let violationsToldMax = 20
    /// Events sent again at once, and deals read at once, when a run is settled: bodies far below 1 MiB.
    static let settlingBatchMax = 500
    /// One request of it: a slow sync fits.
    static let settlingRequestSeconds = 30.0
    /// How long one is tried again while the server is overloaded or comes back.
    static let settlingRetry: Duration = .seconds(60)
    /// All of it: as long as people wait for a program that seems to do nothing.
    static let settlingWithin: Duration = .seconds(900)
    /// Deals whose history is read, and events of one: each page is a walk over the server's log.
    static let historyDealsMax = 200
    static let historyEventsMax = 5_000

    // MARK: chaos

    /// The kernel needs milliseconds to end a process; with much memory or a stuck disk, seconds.
    static let killWithin: Duration = .seconds(10)
    /// From the restart to `/readyz`: the recovery of a large log.
    static let restartWithin: Duration = .seconds(60)
    /// From one look for either to the next.
    static let chaosPoll: Duration = .milliseconds(10)
    /// `every` and `for`, seconds: below it nothing but the chaos would happen, above it nothing at all.
    static let chaosSeconds = 0.1...86_400.0
    /// Different things done to a server.
    public static let chaosPlansMax = 8
}
