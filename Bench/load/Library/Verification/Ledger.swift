import DealHealthCore
import Foundation

/// All that a run sent, from its workers' shards: settles what is open and checks that everything counts exactly once.
public struct Ledger {
    private let settings: LedgerSettings
    private var shards: [LedgerShard]
    /// Found while settling; the shards hold what they found.
    private var violations = Violations()
    private var acknowledgedInRun = 0
    private var resent = 0
    private var resentThatHadCounted = 0
    private var historiesCompared = 0

    /// - Parameter shards: one of each index, after the last request of each ended.
    public init(shards: [LedgerShard]) {
        precondition(!shards.isEmpty && shards.map(\.index) == Array(0..<shards[0].settings.shardCount))
        settings = shards[0].settings
        self.shards = shards
        for shard in shards { acknowledgedInRun += shard.deals.reduce(0) { $0 + $1.acknowledgedCount } }
    }

    /// Sends again whatever was not acknowledged, then reads every deal, and the history of some. Blocks, at most for
    /// `LoadLimits.settlingWithin`.
    ///
    /// - Parameters:
    ///   - server: the one that takes events, when there are several.
    ///   - isStopped: asked between requests; when true the rest stays unchecked.
    public mutating func settle(with server: ServerCalls, isStopped: @escaping () -> Bool = { false })
        -> VerificationOutcome
    {
        let deadline = ContinuousClock.now + LoadLimits.settlingWithin
        var incomplete: String?
        do throws(LoadError) {
            let steps = Steps(server: server, deadline: deadline, isStopped: isStopped)
            for index in shards.indices { try resendUnresolved(ofShard: index, steps) }
            for index in shards.indices { try readDeals(ofShard: index, steps) }
            try readHistories(steps)
        } catch {
            incomplete = error.message
        }
        return outcome(incomplete: incomplete)
    }

    /// One settlement: whom it asks, and for how long.
    private struct Steps {
        let server: ServerCalls
        let deadline: ContinuousClock.Instant
        let isStopped: () -> Bool

        func send(
            _ path: String, body: [UInt8]? = nil, contentType: String = "application/json"
        ) throws(LoadError) -> ServerCalls.Answer {
            guard !isStopped() else { throw LoadError(.verification, "stopped before everything was checked") }
            return try server.sendUntilServed(path, body: body, contentType: contentType, deadline: deadline)
        }

        /// As `send`, of a GET, or a POST of JSON, whose answer must be 200 and of a shape.
        func ask<Shape: Decodable>(_ path: String, body: [UInt8]? = nil, as: Shape.Type) throws(LoadError) -> Shape {
            let answer = try send(path, body: body)
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            guard answer.status == 200, let shape = try? decoder.decode(Shape.self, from: answer.body) else {
                let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
                throw LoadError(.verification, "\(path) answered \(answer.status): \(text)")
            }
            return shape
        }
    }

    // MARK: sending again

    private struct Acknowledgement: Decodable {
        var accepted: Int
        var duplicates: Int
        var lsn: UInt64
    }

    private mutating func resendUnresolved(ofShard index: Int, _ steps: Steps) throws(LoadError) {
        var batch: [TrackedEvent] = []
        for deal in shards[index].deals.indices where !shards[index].deals[deal].isSettled {
            let key = deal * settings.shardCount + index
            for (sequence, fate) in shards[index].deals[deal].events.enumerated() where fate != .acknowledged {
                batch.append(TrackedEvent(key: key, sequence: sequence, settings: settings))
                if batch.count == LoadLimits.settlingBatchMax {
                    try resend(batch, ofShard: index, steps)
                    batch.removeAll(keepingCapacity: true)
                }
            }
        }
        if !batch.isEmpty { try resend(batch, ofShard: index, steps) }
    }

    private mutating func resend(_ batch: [TrackedEvent], ofShard index: Int, _ steps: Steps) throws(LoadError) {
        var body: [UInt8] = []
        for event in batch {
            event.append(to: &body, settings: settings)
            body.append(UInt8(ascii: "\n"))
        }
        let floor = shards.map(\.positionMax).max() ?? 0
        let answer = try steps.send("/v1/events", body: body, contentType: "application/x-ndjson")
        guard answer.status == 200,
            let acknowledgement = try? JSONDecoder().decode(Acknowledgement.self, from: answer.body)
        else {
            let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
            throw LoadError(.verification, "events sent again were answered \(answer.status): \(text)")
        }
        resent += batch.count
        resentThatHadCounted += acknowledgement.duplicates
        if acknowledgement.accepted + acknowledgement.duplicates != batch.count {
            violations.add(
                "\(batch.count) valid events were sent again, and the answer counts \(acknowledgement.accepted) accepted and "
                    + "\(acknowledgement.duplicates) duplicates")
        }
        if acknowledgement.accepted > 0, acknowledgement.lsn < floor + UInt64(acknowledgement.accepted) {
            violations.add(
                "events were accepted at LSN \(acknowledgement.lsn), after an answer had named LSN \(floor)")
        }
        shards[index].positionMax = max(shards[index].positionMax, acknowledgement.lsn)
        for event in batch { shards[index].setFate(.acknowledged, key: event.key, sequence: event.sequence) }
    }

    // MARK: counts and scores

    private struct ManyDeals: Decodable {
        var deals: [Health]
        var missing: [String]

        struct Health: Decodable {
            var dealId: String
            var healthScore: Double
            var confidence: Double
            var events: Int
            var asOf: String
            var lsn: UInt64
        }
    }

    private mutating func readDeals(ofShard index: Int, _ steps: Steps) throws(LoadError) {
        let deals = shards[index].deals
        let keys = deals.indices.filter { !deals[$0].events.isEmpty }.map { $0 * settings.shardCount + index }
        for start in stride(from: 0, to: keys.count, by: LoadLimits.settlingBatchMax) {
            let part = keys[start..<min(start + LoadLimits.settlingBatchMax, keys.count)]
            let ids = part.map { "\"\(settings.dealID(ofKey: $0))\"" }.joined(separator: ",")
            let answer = try steps.ask(
                "/v1/deals/health", body: Array("{\"deal_ids\":[\(ids)]}".utf8), as: ManyDeals.self)
            let found = Dictionary(answer.deals.map { ($0.dealId, $0) }, uniquingKeysWith: { first, _ in first })
            for key in part { check(found[settings.dealID(ofKey: key)], ofKey: key, inShard: index) }
        }
    }

    private mutating func check(_ health: ManyDeals.Health?, ofKey key: Int, inShard index: Int) {
        let deal = shards[index].deals[shards[index].dealIndex(key)]
        let id = settings.dealID(ofKey: key)
        guard let health else {
            return violations.add("deal \(id) is missing, and \(deal.events.count) events of it were acknowledged")
        }
        if health.events < deal.events.count {
            violations.add(
                "deal \(id) counts \(health.events) events of \(deal.events.count) acknowledged: some are missing")
        } else if health.events > deal.events.count {
            violations.add("deal \(id) counts \(health.events) events of \(deal.events.count) sent: some count twice")
        } else if let asOf = Timestamp(rfc3339: health.asOf) {
            shards[index].compare(score: health.healthScore, confidence: health.confidence, asOf: asOf, ofKey: key)
        } else {
            violations.add("deal \(id) has no time in its answer: \(health.asOf)")
        }
        if health.lsn < deal.lastLSN {
            violations.add(
                "deal \(id) went back to LSN \(health.lsn), after an answer about it had named LSN \(deal.lastLSN)")
        }
    }

    // MARK: histories

    private struct History: Decodable {
        var history: [Entry]
        var nextBeforeLsn: UInt64?
        var truncated: Bool

        struct Entry: Decodable {
            var lsn: UInt64
            var event: Received
        }

        struct Received: Decodable {
            var eventId: String
        }
    }

    /// Of deals spread evenly over all that have not too many events.
    private mutating func readHistories(_ steps: Steps) throws(LoadError) {
        var keys: [(key: Int, count: Int)] = []
        for (index, shard) in shards.enumerated() {
            for (deal, known) in shard.deals.enumerated()
            where (1...LoadLimits.historyEventsMax).contains(known.events.count) {
                keys.append((deal * settings.shardCount + index, known.events.count))
            }
        }
        let step = max(1, keys.count / LoadLimits.historyDealsMax)
        for position in stride(from: 0, to: keys.count, by: step).prefix(LoadLimits.historyDealsMax) {
            try readHistory(ofKey: keys[position].key, count: keys[position].count, steps)
        }
    }

    private mutating func readHistory(ofKey key: Int, count: Int, _ steps: Steps) throws(LoadError) {
        let id = settings.dealID(ofKey: key)
        var seen: Set<String> = []
        var before: UInt64?
        // Bounded by the count: a page that brings nothing new ends it.
        while seen.count <= count {
            let query = before.map { "&before_lsn=\($0)" } ?? ""
            let page = try steps.ask("/v1/deals/\(id)/history?limit=1000\(query)", as: History.self)
            // What the log no longer holds cannot be compared.
            if page.truncated { return }
            for entry in page.history {
                if let before, entry.lsn >= before {
                    return violations.add("the history of deal \(id) is not in order: LSN \(entry.lsn) after \(before)")
                }
                before = entry.lsn
                if !seen.insert(entry.event.eventId).inserted {
                    return violations.add("event \(entry.event.eventId) is twice in the history of deal \(id)")
                }
            }
            if page.nextBeforeLsn == nil || page.history.isEmpty { break }
        }
        historiesCompared += 1
        let sent = Set((0..<count).map { TrackedEvent(key: key, sequence: $0, settings: settings).id(settings) })
        if let missing = sent.subtracting(seen).min() {
            violations.add("event \(missing) was acknowledged and is missing in its deal's history")
        }
        if let unknown = seen.subtracting(sent).min() {
            violations.add("event \(unknown) is in the history of deal \(id) and was never sent")
        }
    }

    // MARK: the outcome

    private func outcome(incomplete: String?) -> VerificationOutcome {
        var all = Violations()
        for shard in shards { all.add(shard.violations) }
        all.add(violations)
        return VerificationOutcome(
            deals: shards.reduce(0) { $0 + $1.deals.count { !$0.events.isEmpty } },
            events: shards.reduce(0) { $0 + $1.eventCount }, acknowledged: acknowledgedInRun, resent: resent,
            resentThatHadCounted: resentThatHadCounted,
            answersChecked: shards.reduce(0) { $0 + $1.answersChecked }, historiesCompared: historiesCompared,
            scoresCompared: shards.reduce(0) { $0 + $1.scoresCompared },
            scoreDifferenceMax: shards.map(\.scoreDifferenceMax).max() ?? 0, violationCount: all.count,
            violations: all.first, incomplete: incomplete)
    }
}
