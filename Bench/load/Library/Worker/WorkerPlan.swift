/// What all workers of a run are told before it.
struct WorkerPlan: Sendable {
    let scenario: Scenario
    let targets: [Target]
    /// The scenario's work, and at the end what fills the server before the load.
    let operations: [Operation]
    /// By target and operation.
    let templates: [[RequestTemplate]]
    /// Of the events that are made.
    let events: LedgerSettings
    /// Whether answers are looked into.
    let verifies: Bool
    /// When no target could be reached for so long, the run ends; nanoseconds.
    let giveUpAfter: UInt64

    /// Events in one request that fills the server: bodies of some 100 KiB.
    private static let preloadBatch = 500

    init(
        scenario: Scenario, targets: [Target], headers: [NamedText], events: LedgerSettings, verifies: Bool,
        giveUpAfter: UInt64
    ) {
        let preload = Operation(
            name: "preload", kind: .events(count: Self.preloadBatch, path: "/v1/events"), weight: 1)
        let operations = scenario.work + [preload]
        self.scenario = scenario
        self.targets = targets
        self.operations = operations
        templates = targets.map { target in
            operations.map {
                RequestTemplate(operation: $0, target: target, headers: headers, closes: scenario.reuse == .new)
            }
        }
        self.events = events
        self.verifies = verifies
        self.giveUpAfter = giveUpAfter
    }

    var preloadOperation: Int { operations.count - 1 }

    /// How deals are called in requests.
    var keyName: KeyName { events.dealName }

    /// The connections of a worker: the target of each. All targets have as many as the others, or one more.
    func targets(ofWorker index: Int) -> [Int] {
        stride(from: index, to: scenario.connections, by: scenario.threads).map { $0 % targets.count }
    }
}
