/// When requests start, what is in them, and what is noted of them.
extension Worker {
    // MARK: starting in an open loop

    /// Takes all arrivals that are due, and starts those that find a connection.
    mutating func noticeArrivals(_ now: UInt64) {
        while let planned = nextPlanned, planned <= now {
            nextPlanned = arrivals.next().map { start + $0 }
            let arrival = Arrival(
                planned: planned, operation: operationPicker.next(),
                phase: planned >= measuredStart ? schedule.phase(at: planned - start) : nil)
            if let phase = arrival.phase {
                operations[arrival.operation].planned += 1
                phases[phase].planned += 1
                interval.planned += 1
            }
            let noticed = startNow(arrival) ?? now
            if arrival.phase != nil { lateness.record(noticed - planned) }
        }
    }

    /// When it has started; nil when it waits or was dropped.
    private mutating func startNow(_ arrival: Arrival) -> UInt64? {
        if waiting.isEmpty, let index = takeFree() { return start(arrival, on: index) }
        if waiting.count < max(1, plan.scenario.backlog / plan.scenario.threads) {
            waiting.append(arrival)
        } else {
            drop(arrival)
        }
        return nil
    }

    /// Starts what waits, as far as there are connections.
    mutating func startWaiting() {
        while let arrival = waiting.first, let index = takeFree() {
            waiting.removeFirst()
            _ = start(arrival, on: index)
        }
    }

    private mutating func start(_ arrival: Arrival, on index: Int) -> UInt64? {
        output.removeAll(keepingCapacity: true)
        let sent = begin(
            on: index, operation: arrival.operation, planned: arrival.planned, phase: arrival.phase)
        transmit(index)
        offer(index)
        return sent
    }

    mutating func drop(_ arrival: Arrival) {
        guard let phase = arrival.phase else { return }
        operations[arrival.operation].dropped += 1
        phases[phase].dropped += 1
        interval.errors += 1
    }

    // MARK: starting in a closed loop

    /// Fills the connections that have room again, until there is no more to start or that instant has come.
    mutating func refillAnswered(until end: UInt64) {
        for index in answered { fill(index, until: end) }
        answered.removeAll(keepingCapacity: true)
    }

    private mutating func fill(_ index: Int, until end: UInt64) {
        output.removeAll(keepingCapacity: true)
        while canTake(index) {
            let now = MonotonicClock.now()
            guard now < end, let operation = nextOperation() else { break }
            let isMeasured = now >= measuredStart && operation != plan.preloadOperation
            let phase = isMeasured ? schedule.phase(at: now - start) : nil
            guard begin(on: index, operation: operation, planned: nil, phase: phase) != nil else { return }
        }
        if !output.isEmpty { transmit(index) }
    }

    private mutating func nextOperation() -> Int? {
        switch stage {
        case .load: operationPicker.next()
        case .preload(let next): next < preloadCount ? plan.preloadOperation : nil
        }
    }

    // MARK: what is in them

    /// Appends a request to `output` and notes it.
    ///
    /// - Parameters:
    ///   - planned: nil in a closed loop: now.
    ///   - phase: nil when it is not counted.
    /// - Returns: when; nil when the run has failed.
    private mutating func begin(on index: Int, operation: Int, planned: UInt64?, phase: Int?) -> UInt64? {
        let ticket: LedgerShard.Ticket?
        do {
            ticket = try write(operation, target: connections[index].target)
        } catch {
            control.fail(error)
            return nil
        }
        let sent = MonotonicClock.now()
        connections[index].outstanding.append(
            Outstanding(planned: planned ?? sent, sent: sent, operation: operation, phase: phase, ticket: ticket))
        inFlight += 1
        let isLate = sent - (planned ?? sent) > LoadLimits.lateStartAfter
        if let phase {
            operations[operation].started += 1
            phases[phase].started += 1
            operations[operation].late += isLate ? 1 : 0
            phases[phase].late += isLate ? 1 : 0
        } else if operation == plan.preloadOperation {
            operations[operation].started += 1
        }
        return sent
    }

    private mutating func write(_ operation: Int, target: Int) throws(LoadError) -> LedgerShard.Ticket? {
        let kind = plan.operations[operation].kind
        switch kind {
        case .get:
            let hasKey = plan.templates[target][operation].hasKey
            let key = hasKey ? nextKey() : 0
            plan.templates[target][operation].append(key: key, name: plan.keyName, to: &output)
            return plan.verifies && kind == Operation.health ? try ledger.sendRead(ofKey: key) : nil
        case .many(let count, _):
            body.removeAll(keepingCapacity: true)
            appendIDs(count)
            plan.templates[target][operation].append(body: body, to: &output)
            return nil
        case .event, .events:
            body.removeAll(keepingCapacity: true)
            pickEventKeys(kind)
            let ticket = try appendEvents()
            plan.templates[target][operation].append(body: body, to: &output)
            return ticket
        }
    }

    private mutating func nextKey() -> Int {
        let key = keys.next()
        return plan.verifies ? ledger.ownKey(near: key) : key
    }

    private mutating func appendIDs(_ count: Int) {
        body.append(text: #"{"deal_ids":["#)
        for number in 0..<count {
            if number > 0 { body.append(UInt8(ascii: ",")) }
            body.append(UInt8(ascii: "\""))
            plan.keyName.append(nextKey(), to: &body)
            body.append(UInt8(ascii: "\""))
        }
        body.append(text: "]}")
    }

    /// The keys of a request's events, into `bodyKeys`.
    private mutating func pickEventKeys(_ kind: Operation.Kind) {
        let count = if case .events(let count, _) = kind { count } else { 1 }
        bodyKeys.removeAll(keepingCapacity: true)
        guard case .preload(let next) = stage else {
            for _ in 0..<count { bodyKeys.append(nextKey()) }
            return
        }
        let taken = min(count, preloadCount - next)
        // The worker's own keys, one after the other, as often as each has events.
        let own = ownKeyCount
        for number in next..<(next + taken) { bodyKeys.append(number % own * plan.scenario.threads + index) }
        stage = .preload(next: next + taken)
    }

    private mutating func appendEvents() throws(LoadError) -> LedgerShard.Ticket? {
        if plan.verifies { return try ledger.sendEvents(ofKeys: bodyKeys, appendingTo: &body) }
        for (position, key) in bodyKeys.enumerated() {
            if position > 0 { body.append(UInt8(ascii: "\n")) }
            // Different from all of this run: workers take turns.
            let sequence = nextEvent * plan.scenario.threads + index
            nextEvent += 1
            TrackedEvent(key: key, sequence: sequence, settings: plan.events).append(to: &body, settings: plan.events)
        }
        return nil
    }

    /// Keys that leave the worker's index when divided by the number of workers.
    private var ownKeyCount: Int {
        let count = plan.scenario.keys.count
        let threads = plan.scenario.threads
        return (count - index + threads - 1) / threads
    }

    /// Events that the worker posts before the load.
    var preloadCount: Int { ownKeyCount * plan.scenario.preloadPerKey }

    // MARK: answers

    /// The oldest request of a connection has its answer.
    ///
    /// - Parameter body: nil when it was not kept.
    mutating func complete(_ index: Int, status: Int, body: UnsafeRawBufferPointer?, now: UInt64) {
        guard let request = connections[index].outstanding.popFirst() else {
            preconditionFailure("an answer has a request")
        }
        inFlight -= 1
        lastLife = now
        if let ticket = request.ticket {
            if let body { ledger.answered(ticket, status: status, body: body) } else { ledger.unanswered(ticket) }
        }
        if isOK[status] {
            noteSuccess(request, now: now)
        } else {
            note(request) { $0.note(refusedWith: status) }
        }
    }

    private mutating func noteSuccess(_ request: Outstanding, now: UInt64) {
        let (response, service) = (now - request.planned, now - request.sent)
        if let phase = request.phase {
            operations[request.operation].note(completedAfter: response, service: service)
            phases[phase].note(completedAfter: response, service: service)
            interval.completed += 1
            interval.response.record(response)
        } else if request.operation == plan.preloadOperation {
            operations[request.operation].completed += 1
        }
    }

    /// A request of a connection has no answer and gets none.
    mutating func fail(_ request: Outstanding, _ fault: Tally.Fault) {
        inFlight -= 1
        if let ticket = request.ticket { ledger.unanswered(ticket) }
        note(request) { $0.note(fault) }
    }

    private mutating func note(_ request: Outstanding, _ failure: (inout Tally) -> Void) {
        if let phase = request.phase {
            failure(&operations[request.operation])
            failure(&phases[phase])
            interval.errors += 1
        } else if request.operation == plan.preloadOperation {
            failure(&operations[request.operation])
        }
    }
}
