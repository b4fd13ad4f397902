import Foundation
import Synchronization

/// A whole run: its threads, what is told while it goes on, and the result. One run at a time is made of one.
public final class LoadRun: Sendable {
    /// What is wanted of a run beside its scenario.
    public struct Options: Sendable {
        public var targets: [Target]
        /// Sent with every request: `Authorization`, for one.
        public var headers: [NamedText] = []
        /// How scores come about, of a run that is verified: its answers are looked into, and it reads and writes deals of its own.
        public var verification: EvidenceFold?
        /// Whether the server is stopped and started meanwhile: the run then waits longer for it to come back.
        public var hasChaos = false

        public init(targets: [Target]) {
            self.targets = targets
        }
    }

    /// How a run went, and what is needed to settle its ledger.
    public struct Outcome: Sendable {
        public var result: RunResult
        public let shards: [LedgerShard]
        /// The run was ended before its schedule was.
        public let wasInterrupted: Bool
    }

    private let scenario: Scenario
    private let options: Options
    private let control = RunControl()
    private let startedAt = Mutex<UInt64?>(nil)

    /// - Throws: `.scenario` when the scenario cannot be verified as it is.
    public init(scenario: Scenario, options: Options) throws(LoadError) {
        precondition(!options.targets.isEmpty, "a run has a target")
        if options.verification != nil, scenario.keys.count < scenario.threads {
            throw LoadError(.scenario, "\(scenario.name): --verify needs at least as many keys as threads")
        }
        self.scenario = scenario
        self.options = options
    }

    /// Ends the run soon. Any thread, also a signal handler: it only sets a flag.
    public func stop() {
        control.stop()
    }

    /// Seconds since the measured time began, or 0 before; for those who do things meanwhile.
    public var elapsedSeconds: Double {
        guard let start = startedAt.withLock({ $0 }) else { return 0 }
        let now = MonotonicClock.now()
        return now > start ? Double(now - start) / 1e9 : 0
    }

    /// Runs to its end. Blocks the calling thread: bounded by the schedule, the drain, and `LoadLimits.giveUpAfter`.
    ///
    /// - Parameter onSecond: is told each second soon after it has ended.
    /// - Throws: `.target` when a target cannot be reached at the begin, or no more; `.system`, `.verification`.
    public func run(onSecond: (SecondSample) -> Void) throws(LoadError) -> Outcome {
        for target in options.targets { try target.probe(within: LoadLimits.connectWithin) }
        try raiseDescriptorLimit()
        let ledger = ledgerSettings()
        let plan = WorkerPlan(
            scenario: scenario, targets: options.targets, headers: options.headers, events: ledger,
            verifies: options.verification != nil,
            giveUpAfter: options.hasChaos ? LoadLimits.giveUpAfterWithChaos : LoadLimits.giveUpAfter)
        let crew = Crew(plan: plan, control: control)
        let startTime = Date()
        crew.preload()
        if let failure = control.failure {
            crew.dismiss()
            throw failure
        }
        // Time for every thread to wake.
        let start = MonotonicClock.now() + LoadLimits.second / 20
        startedAt.withLock { $0 = start + scenario.schedule.measuredFrom }
        crew.load(start: start)
        var series = SecondSeries(workers: scenario.threads)
        while !crew.isDone {
            usleep(20_000)
            series.add(from: control, tell: onSecond)
        }
        series.finish(from: control, tell: onSecond)
        if let failure = control.failure { throw failure }
        let reports = crew.reports
        let summary = RunSummary(scenario: scenario, targets: options.targets, reports: reports)
        return Outcome(
            result: summary.result(startTime: startTime, series: series.samples),
            shards: reports.map(\.ledger), wasInterrupted: control.isStopping)
    }

    private func ledgerSettings() -> LedgerSettings {
        let token = String(UInt64.random(in: 0..<(1 << 48)), radix: 36)
        return LedgerSettings(
            run: "load-\(token)", seed: scenario.seed, startedAt: WallClock.now, shardCount: scenario.threads,
            keyCount: max(scenario.keys.count, scenario.threads),
            dealName: options.verification == nil ? scenario.keyName : nil,
            scoring: options.verification ?? EvidenceFold(), readsMayLag: options.targets.count > 1)
    }

    private func raiseDescriptorLimit() throws(LoadError) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Beside the connections: an epoll instance for each thread, standard streams, files.
        let wanted = rlim_t(scenario.connections + scenario.threads + 64)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur == wanted else {
            throw LoadError(
                .system,
                "\(scenario.connections) connections need \(wanted) open files, and the limit is \(limit.rlim_max) (ulimit -n)"
            )
        }
    }
}
