import DealHealthCore
import DealHealthTesting

@testable import DealHealthEngine

/// Tables with deals of random evidence, ranked lists over them, and the plain scan that says what the lists must hold.
///
/// @unchecked Sendable: a test uses it in one task at a time; `tables` and `lists` are for any thread, and a deal is published by one.
final class ListRig: @unchecked Sendable {
    static let start = Timestamp(microseconds: 1_780_000_000_000_000)

    let tables: [DealTable]
    let lists: RankedLists
    let scoring: ScoringInForce
    private(set) var settings: ScoringSettings
    private let log: LogIdentity
    var random: SeededGenerator
    /// What times are rounded to: the coarser, the more ranks tie.
    var timeStep: Duration = .seconds(86_400)
    /// All deals, in the order inserted.
    private(set) var deals: [DealReference] = []

    init(seed: UInt64, tableCount: Int = 4, settings: ScoringSettings = ScoringSettings()) {
        tables = (0..<tableCount).map { DealTable(hashKey: HashKey(k0: UInt64($0), k1: seed)) }
        log = LogIdentity(lineage: Hash128(low: 0, high: 0), hashKey: HashKey(k0: 0, k1: seed))
        scoring = ScoringInForce(ScoringVersion(settings, lsn: LSN(1), log: log))
        lists = RankedLists(tables: tables, merchants: MerchantIndex(), scoring: scoring)
        self.settings = settings
        random = SeededGenerator(seed: seed)
    }

    /// Adds `count` deals, some of them alike, so that ranks tie.
    func insert(_ count: Int) {
        for _ in 0..<count {
            let partition = Partition(index: deals.count % tables.count)
            let table = tables[partition.index]
            // Ids in no order, so that ties are not already in theirs.
            let id = Array("deal-\(UInt32.random(in: 0...(.max), using: &random))-\(deals.count)".utf8)
            guard let slot = id.withUnsafeBytes({ table.insert($0) }) else { preconditionFailure("full") }
            let deal = DealReference(partition: partition, slot: slot)
            let twin = deals.randomElement(using: &random)
            deals.append(deal)
            if let twin, Int.random(in: 0..<4, using: &random) == 0, let state = state(twin) {
                publish(state, deal)
            } else {
                publish(newState(using: &random), deal)
            }
        }
    }

    func state(_ deal: DealReference) -> DealState? {
        tables[deal.partition.index].state(at: deal.slot)
    }

    func publish(_ state: DealState, _ deal: DealReference) {
        let table = tables[deal.partition.index]
        table.publish(state, at: deal.slot)
        table.cover(state, at: deal.slot, settings: settings)
    }

    /// Puts other settings in force, as the publisher does.
    func change(_ body: (inout ScoringSettings) -> Void) {
        body(&settings)
        scoring.put(ScoringVersion(settings, lsn: scoring.current.lsn.successor, log: log))
        lists.forget()
    }

    /// One more event for a random deal, early or late.
    func change() {
        guard let deal = deals.randomElement(using: &random), var state = state(deal) else { return }
        apply(to: &state, using: &random)
        publish(state, deal)
    }

    func newState(using random: inout SeededGenerator) -> DealState {
        var state = DealState()
        for _ in 0..<Int.random(in: 1...12, using: &random) { apply(to: &state, using: &random) }
        return state
    }

    private func apply(to state: inout DealState, using random: inout SeededGenerator) {
        let steps = Int(200 * 86_400 / timeStep.seconds)
        // Mostly of one opinion, or all deals are alike.
        let works = Int.random(in: 0..<8, using: &random) != 0
        let favors = state.lastLSN == .zero ? Bool.random(using: &random) : state.automatedTest.positive > 0
        state.apply(
            source: EvidenceSource.allCases.randomElement(using: &random) ?? .automatedTest, works: works == favors,
            mass: .random(in: 0...1, using: &random),
            time: Self.start - timeStep * .random(in: 0...steps, using: &random),
            merchantID: nil, lsn: state.lastLSN.successor, settings: settings)
    }

    static func settings(using random: inout SeededGenerator) -> ScoringSettings {
        var settings = ScoringSettings()
        settings.decayRatePerDay = [0.001, 0.1, 1, 10].randomElement(using: &random) ?? 0.1
        settings.communityVerificationCap = .random(in: 0.1...20, using: &random)
        settings.priorStrength = .random(in: 0.01...10, using: &random)
        settings.baseRate = .random(in: 0...1, using: &random)
        return settings
    }

    /// A list of any order, at an instant before or after most events, of all deals or of some.
    func query() -> DealListQuery {
        var query = DealListQuery(
            asOf: Self.start + .milliseconds(Int64.random(in: -20_000_000_000...20_000_000_000, using: &random)))
        query.order = DealListQuery.Order.allCases.randomElement(using: &random) ?? .best
        query.limit = [1, 7, 50, 400].randomElement(using: &random) ?? 1
        if Bool.random(using: &random) {
            query.minScore = .random(in: 0...60, using: &random)
            query.maxScore = .random(in: 40...100, using: &random)
        }
        return query
    }

    /// The whole list, by scoring and sorting every deal.
    func plainScan(_ query: DealListQuery) -> [DealListPosition] {
        var positions: [DealListPosition] = []
        for deal in deals {
            guard let state = state(deal) else { continue }
            let score = Score(of: state, at: query.asOf, settings: settings)
            guard score.healthScore >= query.minScore, score.healthScore <= query.maxScore else { continue }
            let rank =
                switch query.order {
                case .best: -score.lowerBound
                case .worst: score.upperBound
                case .recent: -Double(state.referenceTime.microseconds)
                }
            let id = String(decoding: tables[deal.partition.index].id(at: deal.slot), as: UTF8.self)
            positions.append(DealListPosition(rank: rank, dealID: id))
        }
        return positions.sorted()
    }

    /// Whether the bounds of a deal's block hold for it at `time`.
    func areBoundsTrue(of deal: DealReference, at time: Timestamp) -> Bool {
        guard let state = state(deal) else { return true }
        let drift = settings.boundDriftPerDay
        let table = tables[deal.partition.index]
        let block = deal.slot / DealTable.slotsPerBlock
        let bounds = table.bounds(of: block)
        let score = Score(of: state, at: time, settings: settings)
        return score.lowerBound <= bounds.greatestLower(at: time, driftPerDay: drift)
            && score.upperBound >= bounds.leastUpper(at: time, driftPerDay: drift)
            && state.referenceTime <= table.newest(of: block)
    }

    /// Whether all bounds hold at `time`.
    func areBoundsTrue(at time: Timestamp) -> Bool {
        deals.allSatisfy { areBoundsTrue(of: $0, at: time) }
    }
}
