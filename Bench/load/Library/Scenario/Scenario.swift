/// What a run does: all that a scenario file says, with the defaults for what it does not say. `ScenarioParser` reads it.
public struct Scenario: Sendable {
    public enum Loop: String, Sendable, CaseIterable {
        /// Requests start when the schedule says, whatever the server does.
        case open
        /// Each connection sends its next request when the last is answered: what wrk does. The rates of the phases mean nothing.
        case closed
    }

    public enum Reuse: String, Sendable, CaseIterable {
        case keepAlive = "keep-alive"
        /// One request, then the connection ends.
        case new
    }

    /// What a connection does that was refused (503, 429).
    public enum AfterRefusal: String, Sendable, CaseIterable {
        /// Its next request, at once.
        case retry
        /// Nothing, for as long as `Retry-After` says, or a second.
        case rest
    }

    public var name: String
    /// One line for people.
    public var about = ""
    public var loop = Loop.open
    public var spacing = Spacing.poisson
    public var phases: [Phase]
    public var warmupSeconds = 0.0
    public var threads = 1
    /// Of all threads and targets together.
    public var connections = 64
    public var reuse = Reuse.keepAlive
    /// Requests on the way on one connection.
    public var pipeline = 1
    public var afterRefusal = AfterRefusal.retry
    public var keys = KeyDistribution.uniform(count: 10_000)
    public var keyName = KeyName("deal-########")!
    public var work: [Operation]
    /// Events for each key that are posted before the load.
    public var preloadPerKey = 0
    /// From the real start to the end of the answer; nanoseconds.
    public var timeout = 10 * LoadLimits.second
    /// How long after the schedule's end answers are waited for; nanoseconds.
    public var drain = 5 * LoadLimits.second
    /// Starts that wait for a connection, of all threads together.
    public var backlog = 100_000
    /// Statuses that mean success.
    public var okStatuses: Set<Int> = Set(200...299).union([304])
    public var objectives: [Objective] = []
    /// p99 of the generator's own lateness beyond which a run is not certified; nanoseconds.
    public var latenessMax = LoadLimits.second / 1_000
    public var seed: UInt64 = 1
    /// As they stand in the file and in what was set beside it, for the report.
    public var settings: [NamedText] = []

    public init(name: String, phases: [Phase], work: [Operation]) {
        (self.name, self.phases, self.work) = (name, phases, work)
    }

    public var schedule: Schedule { Schedule(phases: phases, warmupSeconds: warmupSeconds) }
}
