/// A verdict in one word, from the forecast.
///
/// With hysteresis: a deal enters `healthy` at 0.7 and leaves it when it is more likely not to work; it enters `failing` below 0.3 and `dead`
/// below 0.08, leaves `dead` at 0.3 and both for `uncertain` at 0.6; and it moves to a better word at most once a day, to a worse one at once. The word is part of a deal's state and changes with its events; a
/// read takes one step from it, so that it follows the forecast of a deal without news.
public enum DealStatus: String, Sendable {
    /// Next to no evidence: less than one fresh tip's worth.
    case unknown
    /// Most likely it works.
    case healthy
    /// It may work.
    case uncertain
    /// Most likely it does not work.
    case failing
    /// It would surprise if it worked.
    case dead

    /// Below this confidence (see `Score`) the word is `unknown`, whatever the state says.
    static let confidenceMin = 0.02
    static let healthyFrom = 0.7
    static let healthyUntil = 0.5
    static let recoveredFrom = 0.6
    static let failingBelow = 0.3
    static let deadBelow = 0.08
    /// How long a word stays before a better one takes its place, minutes.
    static let minutesBeforeBetter: UInt32 = 1_440

    /// The word that follows on this one, which holds since `minute` (minutes since 1970), for a forecast at `time`; `unknown` is that
    /// of a deal without events.
    func next(_ worksProbability: Double, since minute: UInt32, at time: Timestamp) -> DealStatus {
        let next = target(worksProbability)
        let isBetter = next.rank < rank && self != .unknown
        return isBetter && time.minute < minute &+ Self.minutesBeforeBetter ? self : next
    }

    private func target(_ probability: Double) -> DealStatus {
        let level: DealStatus =
            probability >= Self.healthyFrom
            ? .healthy
            : probability < Self.deadBelow ? .dead : probability < Self.failingBelow ? .failing : .uncertain
        switch (self, level) {
        case (.healthy, .uncertain) where probability >= Self.healthyUntil: return .healthy
        case (.failing, .uncertain) where probability < Self.recoveredFrom: return .failing
        case (.dead, .failing): return .dead
        case (.dead, .uncertain) where probability < Self.recoveredFrom: return .failing
        default: return level
        }
    }

    /// From better to worse.
    private var rank: Int {
        switch self {
        case .healthy: 0
        case .unknown, .uncertain: 1
        case .failing: 2
        case .dead: 3
        }
    }

    /// In the formats, three bits.
    public var code: UInt8 {
        switch self {
        case .unknown: 0
        case .healthy: 1
        case .uncertain: 2
        case .failing: 3
        case .dead: 4
        }
    }

    public init?(code: UInt8) {
        let statuses: [DealStatus] = [.unknown, .healthy, .uncertain, .failing, .dead]
        guard Int(code) < statuses.count else { return nil }
        self = statuses[Int(code)]
    }
}
