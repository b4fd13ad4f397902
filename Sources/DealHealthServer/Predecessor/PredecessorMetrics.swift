import DealHealthEngine

/// The metrics of the predecessor that the deployment guide's alert rules read, made of what is counted already when a scrape
/// asks: nothing is counted twice.
struct PredecessorMetrics: Sendable {
    /// Help texts for the exposition, by metric name.
    static let help = [
        "deal_health_events_processed_total": "Events that count, since the start.",
        "deal_health_score_updates_total": "Scores moved by an event: each event that counts moves one.",
        "deal_health_errors_total": "HTTP requests, but for probes, answered with a status of 500 or more.",
        "deal_health_queue_depth": "Events admitted and not yet visible.",
        "deal_health_request_duration_seconds": "Time from a request's head to its answer, over all routes.",
        "deal_health_event_processing_duration_seconds":
            "Time from the head of a request with events until they are durable, visible and answered.",
    ]

    private static let eventRoutes: [Route] = [.events, .processEvent, .processEvents, .processBatch]

    /// Those whose 503 is what they are for.
    private static let probes: [Route] = [.readyz, .startupz, .health]

    let handle: EngineHandle

    func install(in registry: PrometheusRegistry) {
        // Weak: the registry keeps the callback, and would otherwise keep itself alive.
        registry.onCollect { [weak registry] in
            if let registry { collect(into: registry) }
        }
    }

    private func collect(into registry: PrometheusRegistry) {
        let counted = Self.events("accepted", registry)
        registry.advanceCounter("deal_health_events_processed_total", to: counted)
        registry.advanceCounter("deal_health_score_updates_total", to: counted)
        registry.advanceCounter(
            "deal_health_errors_total",
            to: registry.total(of: "dealhealth_http_requests_total") { labels in
                labels.contains(#"status="5"#) && !Self.probes.contains { labels.contains(#"route="\#($0.template)""#) }
            })
        registry.setGauge("deal_health_queue_depth", to: Double(handle.engine?.snapshot().admittedEvents ?? 0))
        let durations = "dealhealth_http_request_duration_seconds"
        registry.raiseHistogram("deal_health_request_duration_seconds", toSumOf: durations) { _ in true }
        let eventLabels = Set(Self.eventRoutes.map { #"route="\#($0.template)""# })
        registry.raiseHistogram("deal_health_event_processing_duration_seconds", toSumOf: durations) {
            eventLabels.contains($0)
        }
    }

    /// Events received since the start, of one outcome.
    static func events(_ outcome: String, _ registry: PrometheusRegistry) -> Double {
        registry.total(of: "dealhealth_events_total") { $0 == #"outcome="\#(outcome)""# }
    }
}
