/// What requests are to those who decide which to take when there are too many: from the first turned away to the last.
enum RequestClass: Sendable {
    /// Lists, history, settings, and what matches no route: dear, or not urgent.
    case heavy
    /// Events.
    case ingest
    /// Scores of deals by name: what the system is for.
    case read
    /// Probes and metrics: those who ask must learn of the overload, not meet it.
    case observation
}

extension Route {
    var requestClass: RequestClass {
        switch self {
        case .deals, .merchantDeals, .dealHistory, .dealExplanation, .retest, .scoring: .heavy
        // They read the log.
        case .promotionHealth, .promotionHistory, .promotionsByHealth, .merchantPromotions, .configUpdate: .heavy
        case .openAPI, .docs: .heavy
        // Where the API serves it; on the other listener everything is observation.
        case .metrics: .heavy
        case .events, .processEvent, .processEvents, .processBatch: .ingest
        case .dealHealth, .manyDealsHealth: .read
        case .livez, .readyz, .startupz, .health, .queueStats, .hotDeals: .observation
        }
    }
}
