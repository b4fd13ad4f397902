/// The calls of the Python predecessor, kept for its clients: adapters over the same engine.
struct PredecessorRoutes: Sendable {
    let process: ProcessRoutes
    let promotions: PromotionRoutes
    let queue: QueueRoute
    let config: ConfigRoutes

    init(handle: EngineHandle, budget: BodyBudget, registry: PrometheusRegistry) {
        process = ProcessRoutes(handle: handle, budget: budget)
        promotions = PromotionRoutes(handle: handle)
        queue = QueueRoute(handle: handle, registry: registry)
        config = ConfigRoutes(handle: handle, budget: budget)
    }
}
