/// What became of the requests of one kind ("read", "event", …), or of all.
public struct OperationResult: Codable, Sendable, Equatable {
    public var name: String
    /// Starts in the schedule, also those that were not due when the run was interrupted; 0 in a closed loop, which has no schedule.
    public var planned: UInt64 = 0
    public var started: UInt64 = 0
    /// Started later than planned by more than the generator's tolerance. They count, from their planned start.
    public var late: UInt64 = 0
    /// Planned and never started: the generator's backlog was full, or the run ended.
    public var dropped: UInt64 = 0
    /// Answered with the status that the operation expects.
    public var completed: UInt64 = 0
    /// No answer within the time allowed.
    public var timeouts: UInt64 = 0
    /// All that failed otherwise, by kind; the largest first.
    public var errors: [ErrorCount] = []
    /// From the planned start to the end of the answer, of all that completed.
    public var responseTime = LatencyDistribution()
    /// From the real start.
    public var serviceTime = LatencyDistribution()
    /// Of `responseTime` and `serviceTime`, for whoever reads the JSON.
    public var responseTimePercentiles = LatencyDistribution().percentiles
    public var serviceTimePercentiles = LatencyDistribution().percentiles

    public init(name: String) {
        self.name = name
    }

    /// Errors and timeouts.
    public var failed: UInt64 {
        errors.reduce(timeouts) { $0 + $1.count }
    }

    /// Failed or dropped of all that should have been, [0, 1].
    public var errorRate: Double {
        let all = completed + failed + dropped
        return all == 0 ? 0 : Double(failed + dropped) / Double(all)
    }
}

/// How many requests failed in one way.
public struct ErrorCount: Codable, Sendable, Equatable {
    /// "status 503", "connection lost", "connection refused", "malformed answer", …
    public var kind: String
    public var count: UInt64

    public init(kind: String, count: UInt64) {
        self.kind = kind
        self.count = count
    }
}

/// One second of a run, all operations together.
public struct SecondSample: Codable, Sendable, Equatable {
    /// Whole seconds since the start.
    public var second: Int
    /// Starts that were planned in it.
    public var planned: UInt64
    /// Answers in it with the expected status, whenever they were planned.
    public var completed: UInt64
    public var errors: UInt64
    /// Planned and not yet answered at its end.
    public var backlog: UInt64
    /// Of the response times of those that completed in it, seconds; 0 without any.
    public var p50Seconds: Double
    public var p99Seconds: Double
    public var p999Seconds: Double

    public init(
        second: Int, planned: UInt64, completed: UInt64, errors: UInt64, backlog: UInt64, p50Seconds: Double,
        p99Seconds: Double, p999Seconds: Double
    ) {
        self.second = second
        self.planned = planned
        self.completed = completed
        self.errors = errors
        self.backlog = backlog
        self.p50Seconds = p50Seconds
        self.p99Seconds = p99Seconds
        self.p999Seconds = p999Seconds
    }
}
