/// What one worker saw in one second, for the time series.
struct Interval: Sendable {
    /// Since the measured time began.
    var second = 0
    var planned: UInt64 = 0
    var completed: UInt64 = 0
    var errors: UInt64 = 0
    /// Planned and not answered at its end.
    var backlog: UInt64 = 0
    /// Response times of those that completed in it, whenever they were planned.
    var response = Histogram()

    /// Forgets everything but the memory.
    mutating func reset(to second: Int) {
        self.second = second
        (planned, completed, errors, backlog) = (0, 0, 0, 0)
        response.reset()
    }

    /// Adds what another worker saw in the same second.
    mutating func merge(_ other: Interval) {
        planned += other.planned
        completed += other.completed
        errors += other.errors
        backlog += other.backlog
        response.merge(other.response)
    }

    var sample: SecondSample {
        func seconds(_ share: Double) -> Double { Double(response.quantile(share) ?? 0) / 1e9 }
        return SecondSample(
            second: second, planned: planned, completed: completed, errors: errors, backlog: backlog,
            p50Seconds: seconds(0.5), p99Seconds: seconds(0.99), p999Seconds: seconds(0.999))
    }
}
