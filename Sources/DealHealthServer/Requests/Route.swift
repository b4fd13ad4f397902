/// Every path that is served: a closed set, so that metric labels and dispatch tables are too.
///
/// Our own table and not Hummingbird's router, which skips empty path segments (`/v1/deals//health` would be another call),
/// compares by Unicode equivalence and answers 404 to a wrong method. And the fast lane must decide by the same code.
enum Route: Int, CaseIterable, Sendable {
    case events, dealHealth, manyDealsHealth, dealHistory, dealExplanation, deals, merchantDeals, retest, scoring
    case livez, readyz, startupz, health, metrics, hotDeals
    // The predecessor's.
    case processEvent, processEvents, processBatch, promotionHealth, promotionHistory, promotionsByHealth
    case merchantPromotions, queueStats, configUpdate
    case openAPI, docs

    /// The path with its variable part in braces; also the `route` label of metrics.
    var template: String {
        switch self {
        case .events: "/v1/events"
        case .dealHealth: "/v1/deals/{id}/health"
        case .manyDealsHealth: "/v1/deals/health"
        case .dealHistory: "/v1/deals/{id}/history"
        case .dealExplanation: "/v1/deals/{id}/explanation"
        case .deals: "/v1/deals"
        case .merchantDeals: "/v1/merchants/{id}/deals"
        case .retest: "/v1/retest"
        case .scoring: "/v1/scoring"
        case .livez: "/livez"
        case .readyz: "/readyz"
        case .startupz: "/startupz"
        case .health: "/health"
        case .metrics: "/metrics"
        case .hotDeals: "/hot-deals"
        case .processEvent: "/events/process-single"
        case .processEvents: "/events/process"
        case .processBatch: "/events/batch-process"
        case .promotionHealth: "/promotions/{id}/health"
        case .promotionHistory: "/promotions/{id}/history"
        case .promotionsByHealth: "/promotions/by-health"
        case .merchantPromotions: "/merchants/{id}/promotions"
        case .queueStats: "/queue/stats"
        case .configUpdate: "/config/update"
        case .openAPI: "/openapi.json"
        case .docs: "/docs"
        }
    }

    /// The value of `Allow`.
    var allow: String {
        switch self {
        case .events, .processEvent, .processEvents, .processBatch, .configUpdate: "POST"
        case .manyDealsHealth: "GET, HEAD, POST"
        case .scoring: "GET, HEAD, PUT"
        case .dealHealth, .dealHistory, .dealExplanation, .deals, .merchantDeals, .retest, .livez, .readyz, .startupz,
            .health, .metrics,
            .hotDeals, .promotionHealth, .promotionHistory, .promotionsByHealth, .merchantPromotions, .queueStats,
            .openAPI, .docs:
            "GET, HEAD"
        }
    }

    /// Whether the API's listener serves it; the other one serves what is for operators. The former serves metrics only where it may,
    /// see `ServerSettings.servesMetricsOnAPI`.
    func isServed(by kind: ListenerKind) -> Bool {
        switch self {
        case .livez, .readyz, .startupz, .health, .metrics: true
        case .hotDeals: kind == .operations
        case .events, .dealHealth, .manyDealsHealth, .dealHistory, .dealExplanation, .deals, .merchantDeals, .retest,
            .scoring:
            kind == .api
        case .processEvent, .processEvents, .processBatch, .promotionHealth, .promotionHistory, .promotionsByHealth,
            .merchantPromotions, .queueStats, .configUpdate, .openAPI, .docs:
            kind == .api
        }
    }

    /// Whether errors there have the predecessor's shape.
    var isPredecessors: Bool {
        switch self {
        case .processEvent, .processEvents, .processBatch, .promotionHealth, .promotionHistory, .promotionsByHealth,
            .merchantPromotions, .queueStats, .configUpdate:
            true
        default: false
        }
    }

    /// The route of a path as it stands in the request, and the place of its variable part, still percent-encoded.
    ///
    /// Byte for byte: no empty, dot or encoded variants of a path are taken for it. Nil when nothing matches.
    static func match(_ path: UnsafeRawBufferPointer) -> (route: Route, id: Range<Int>)? {
        if let id = path.middle(between: "/v1/deals/", and: "/health") { return (.dealHealth, id) }
        for route in fixed where path.equals(route.path) { return (route.route, 0..<0) }
        if let id = path.middle(between: "/v1/deals/", and: "/history") { return (.dealHistory, id) }
        if let id = path.middle(between: "/v1/deals/", and: "/explanation") { return (.dealExplanation, id) }
        if let id = path.middle(between: "/v1/merchants/", and: "/deals") { return (.merchantDeals, id) }
        if let id = path.middle(between: "/promotions/", and: "/health") { return (.promotionHealth, id) }
        if let id = path.middle(between: "/promotions/", and: "/history") { return (.promotionHistory, id) }
        if let id = path.middle(between: "/merchants/", and: "/promotions") { return (.merchantPromotions, id) }
        return nil
    }

    private static let fixed: [(path: StaticString, route: Route)] = [
        ("/v1/events", .events), ("/v1/deals/health", .manyDealsHealth), ("/v1/deals", .deals),
        ("/v1/retest", .retest), ("/v1/scoring", .scoring), ("/livez", .livez), ("/readyz", .readyz),
        ("/startupz", .startupz),
        ("/health", .health), ("/metrics", .metrics), ("/hot-deals", .hotDeals),
        ("/events/process-single", .processEvent), ("/events/process", .processEvents),
        ("/events/batch-process", .processBatch), ("/promotions/by-health", .promotionsByHealth),
        ("/queue/stats", .queueStats), ("/config/update", .configUpdate),
        ("/openapi.json", .openAPI), ("/docs", .docs),
    ]
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && hasBytes(text, at: 0)
    }

    /// Whether `text` stands at `offset`; there MUST be room for it.
    private func hasBytes(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { text in
            self[offset..<offset + text.count].elementsEqual(text)
        }
    }

    /// One path segment, not empty, between a prefix and a suffix; nil when the path is not of that form.
    fileprivate func middle(between prefix: StaticString, and suffix: StaticString) -> Range<Int>? {
        let start = prefix.utf8CodeUnitCount
        let end = count - suffix.utf8CodeUnitCount
        guard end > start, hasBytes(prefix, at: 0), hasBytes(suffix, at: end),
            !self[start..<end].contains(UInt8(ascii: "/"))
        else { return nil }
        return start..<end
    }
}
