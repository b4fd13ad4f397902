import CEpoll
import DequeModule
import Glibc

/// One thread that sends requests and reads answers: an epoll loop over connections of its own. It shares nothing with other workers but
/// `RunControl`, and allots nothing per request.
///
/// A turn notices the arrivals that are due, starts them on connections that are free, waits for the kernel until the next one is
/// due, and reads all that has arrived.
struct Worker: ~Copyable {
    /// A planned start.
    struct Arrival {
        /// Absolute, by `MonotonicClock`.
        let planned: UInt64
        let operation: Int
        /// Nil outside of the measured time.
        let phase: Int?
    }

    /// What requests are for.
    enum Stage {
        /// Every key of the worker gets its first events; the next one to be posted, by number of the event.
        case preload(next: Int)
        case load
    }

    let plan: WorkerPlan
    let index: Int
    let control: RunControl
    let schedule: Schedule
    /// By status.
    let isOK: [Bool]

    var poller: Poller
    var connections: [Connection]
    var stage = Stage.load
    /// Connections that take a request, those that were used longest ago first; some may not, any more.
    var free = Deque<Int>()
    /// In a closed loop: connections that have room for requests since the last turn.
    var answered: [Int] = []
    /// Due, and without a connection.
    var waiting = Deque<Arrival>()
    var inFlight = 0

    var arrivals: Arrivals
    var operationPicker: OperationPicker
    var keys: KeyPicker
    var ledger: LedgerShard
    /// Numbers events that are not remembered.
    var nextEvent = 0

    /// When the schedule begins and when counting does; absolute. Set before the load.
    var start: UInt64 = 0
    var measuredStart: UInt64 = 0
    var end: UInt64 = .max
    /// The next planned start, absolute; nil when there are no more.
    var nextPlanned: UInt64?

    var operations: [Tally]
    var phases: [Tally]
    var lateness = Histogram()
    var interval = Interval()

    /// When a connection was last made, or an answer came.
    var lastLife: UInt64 = 0
    /// Why a connection could not be made, since the last that could.
    var connectFault: String?

    /// Memory for what is read, written, and put into bodies; reused.
    let input: UnsafeMutableRawBufferPointer
    var output: [UInt8] = []
    var body: [UInt8] = []
    var bodyKeys: [Int] = []

    init(plan: WorkerPlan, index: Int, control: RunControl) throws(LoadError) {
        let scenario = plan.scenario
        self.plan = plan
        self.index = index
        self.control = control
        schedule = scenario.schedule
        isOK = (0..<600).map { scenario.okStatuses.contains($0) }
        poller = try Poller()
        connections = plan.targets(ofWorker: index).map { Connection(target: $0, depth: scenario.pipeline) }
        let seed = scenario.seed
        arrivals = Arrivals(
            schedule: scenario.schedule, spacing: scenario.spacing, thread: index, of: scenario.threads, seed: seed)
        // Parts 0 to threadsMax - 1 are the arrivals'.
        let part = UInt64(LoadLimits.threadsMax + 2 * index)
        operationPicker = OperationPicker(scenario.work, random: SeededRandom(seed: seed, part: part))
        keys = KeyPicker(scenario.keys, random: SeededRandom(seed: seed, part: part + 1))
        ledger = LedgerShard(settings: plan.events, index: index)
        operations = plan.operations.map { _ in Tally() }
        phases = scenario.phases.map { _ in Tally() }
        input = .allocate(
            byteCount: LoadLimits.heldBodyBytesMax + LoadLimits.headBytesMax + LoadLimits.readBytesMax, alignment: 16)
    }

    deinit {
        for connection in connections where connection.socket >= 0 { close(connection.socket) }
        input.deallocate()
    }

    var isClosedLoop: Bool { plan.scenario.loop == .closed }
    var opensAhead: Bool { plan.scenario.reuse == .keepAlive }

    // MARK: the stages

    /// Posts the first events of all the worker's keys; returns when all are acknowledged, or the run has failed.
    mutating func preload() {
        prepare()
        guard plan.scenario.preloadPerKey > 0 else { return }
        stage = .preload(next: 0)
        offerAll()
        var tick = MonotonicClock.now()
        while !control.isStopping {
            refillAnswered(until: .max)
            if case .preload(let next) = stage, next == preloadCount, inFlight == 0 { break }
            serve(until: tick)
            tickIfDue(&tick)
        }
        let tally = operations[plan.preloadOperation]
        if tally.started > tally.completed, !control.isStopping {
            let failures = tally.result(name: "preload").errors.map { "\($0.kind): \($0.count)" }.joined(
                separator: ", ")
            control.fail(LoadError(.target, "the server did not take the events of 'preload' (\(failures))"))
        }
        stage = .load
    }

    /// Plays the schedule.
    ///
    /// - Parameter start: the same instant for all workers; soon.
    mutating func load(start: UInt64) -> WorkerReport {
        self.start = start
        measuredStart = start + schedule.measuredFrom
        end = start + schedule.end
        interval.reset(to: 0)
        var processorTime: (from: UInt64?, to: UInt64?) = (nil, nil)
        var measuredEnd = end
        nextPlanned = isClosedLoop ? nil : arrivals.next().map { start + $0 }
        offerAll()
        var tick = start
        while true {
            let now = MonotonicClock.now()
            if now >= measuredStart, processorTime.from == nil { processorTime.from = MonotonicClock.threadTime() }
            let isOver = now >= end || control.isStopping
            if isOver, processorTime.to == nil {
                processorTime.to = MonotonicClock.threadTime()
                measuredEnd = now
            }
            if isOver, (inFlight == 0 && waiting.isEmpty) || now >= end + plan.scenario.drain || control.isStopping {
                break
            }
            rollInterval(now)
            if isClosedLoop {
                if now >= start { refillAnswered(until: end) }
                serve(until: now < start ? min(tick, start) : tick)
            } else {
                noticeArrivals(now)
                startWaiting()
                serve(until: min(tick, nextPlanned ?? .max))
            }
            tickIfDue(&tick)
        }
        finish()
        return WorkerReport(
            operations: Array(operations.dropLast()), phases: phases, lateness: lateness,
            processorTime: (processorTime.to ?? 0) - (processorTime.from ?? processorTime.to ?? 0),
            elapsed: max(measuredEnd, measuredStart) - measuredStart, ledger: ledger)
    }

    /// Lists all connections that are there; others follow as they are made.
    private mutating func offerAll() {
        answered.removeAll(keepingCapacity: true)
        for index in connections.indices { offer(index) }
    }

    private mutating func prepare() {
        _ = cepoll_take_exact_timers()
        lastLife = MonotonicClock.now()
        if opensAhead { for index in connections.indices { open(index, now: lastLife) } }
    }

    /// Ends what is still under way.
    private mutating func finish() {
        let now = MonotonicClock.now()
        for arrival in waiting { drop(arrival) }
        waiting.removeAll()
        for index in connections.indices { lose(index, .unanswered, now: now) }
        interval.backlog = 0
        _ = control.exchange(interval)
    }

    private mutating func rollInterval(_ now: UInt64) {
        guard now > measuredStart else { return }
        let second = Int((now - measuredStart) / LoadLimits.second)
        // What is answered after the schedule's end belongs to its last second.
        guard second > interval.second, now < end else { return }
        interval.backlog = UInt64(waiting.count + inFlight)
        var next = control.exchange(interval)
        next.reset(to: second)
        interval = next
    }

    // MARK: a turn

    /// Waits for the kernel, at most until then, and reads all that has arrived.
    private mutating func serve(until deadline: UInt64) {
        let now = MonotonicClock.now()
        let count = poller.wait(nanoseconds: deadline > now ? deadline - now : 0)
        for index in 0..<count {
            handle(poller[index])
            // At once, as wrk does: the time that a user of a closed loop sees is not that of all connections together.
            if !answered.isEmpty, now >= start { refillAnswered(until: end) }
        }
    }

    /// - Parameter tick: when it is due; moved on.
    private mutating func tickIfDue(_ tick: inout UInt64) {
        let now = MonotonicClock.now()
        guard now >= tick else { return }
        tick = now + LoadLimits.tick
        for index in connections.indices { lookAfter(index, now: now) }
        if let connectFault, now > lastLife + plan.giveUpAfter {
            let urls = plan.targets.map(\.url).joined(separator: ", ")
            control.fail(
                LoadError(
                    .target,
                    "\(urls): no connection for \(plan.giveUpAfter / LoadLimits.second) s (\(connectFault)). The run was ended."
                ))
        }
    }
}
