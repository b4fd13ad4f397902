/// What became of some requests: of one operation, or of one phase.
struct Tally: Sendable {
    /// Why a request has no answer.
    enum Fault: Int, CaseIterable {
        case timeout, lost, refused, malformed, unanswered

        /// In results.
        var name: String {
            switch self {
            case .timeout: "timeout"
            case .lost: "connection lost"
            case .refused: "cannot connect"
            case .malformed: "malformed answer"
            case .unanswered: "unanswered at the end"
            }
        }
    }

    var planned: UInt64 = 0
    var started: UInt64 = 0
    var late: UInt64 = 0
    var dropped: UInt64 = 0
    var completed: UInt64 = 0
    /// By status: those that do not mean success.
    private(set) var statuses = [UInt64](repeating: 0, count: 600)
    private(set) var faults = [UInt64](repeating: 0, count: Fault.allCases.count)
    /// Of those completed: from the plan, and from the real start.
    private(set) var response = Histogram()
    private(set) var service = Histogram()

    mutating func note(_ fault: Fault) {
        faults[fault.rawValue] += 1
    }

    mutating func note(refusedWith status: Int) {
        statuses[status] += 1
    }

    mutating func note(completedAfter response: UInt64, service: UInt64) {
        completed += 1
        self.response.record(response)
        self.service.record(service)
    }

    mutating func merge(_ other: Tally) {
        planned += other.planned
        started += other.started
        late += other.late
        dropped += other.dropped
        completed += other.completed
        for status in statuses.indices { statuses[status] += other.statuses[status] }
        for fault in faults.indices { faults[fault] += other.faults[fault] }
        response.merge(other.response)
        service.merge(other.service)
    }

    /// The same for a result.
    func result(name: String) -> OperationResult {
        var result = OperationResult(name: name)
        result.planned = planned
        result.started = started
        result.late = late
        result.dropped = dropped
        result.completed = completed
        result.timeouts = faults[Fault.timeout.rawValue]
        let failures =
            Fault.allCases.filter { $0 != .timeout }.map { ErrorCount(kind: $0.name, count: faults[$0.rawValue]) }
            + statuses.enumerated().map { ErrorCount(kind: "status \($0.offset)", count: $0.element) }
        result.errors = failures.filter { $0.count > 0 }.sorted { $0.count > $1.count }
        result.responseTime = response.distribution
        result.serviceTime = service.distribution
        result.responseTimePercentiles = result.responseTime.percentiles
        result.serviceTimePercentiles = result.serviceTime.percentiles
        return result
    }
}

extension Histogram {
    /// The same for a result.
    var distribution: LatencyDistribution {
        LatencyDistribution(
            buckets: occupied.map { (Self.upperEdge(of: $0.index), $0.count) }, minNanoseconds: minimum ?? 0,
            maxNanoseconds: maximum ?? 0, meanNanoseconds: mean ?? 0)
    }
}
