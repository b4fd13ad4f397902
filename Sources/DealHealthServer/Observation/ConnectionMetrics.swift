import DealHealthReactor

/// The API listener's connections, refreshed before each scrape.
struct ConnectionMetrics: Sendable {
    /// Help texts for the exposition, by metric name.
    static let help = [
        "dealhealth_queue_delay_seconds": "Standing wait of requests for their turn.",
        "dealhealth_connections": "Open connections to the API.",
        "dealhealth_connections_accepted_total": "Connections to the API taken in.",
        "dealhealth_connections_refused_total": "Connections to the API answered 503 and closed: there were too many.",
        "dealhealth_connections_slow_lane_total": "Connections that went to the slow lane.",
        "dealhealth_request_timeouts_total": "Connections ended because a request did not arrive whole in time.",
        "dealhealth_output_timeouts_total": "Connections ended because the peer did not read its answers in time.",
    ]

    private let fastLane: FastLane

    init(_ fastLane: FastLane) {
        self.fastLane = fastLane
    }

    func install(in registry: PrometheusRegistry) {
        // Weak: the registry keeps the callback, and would otherwise keep itself alive.
        registry.onCollect { [weak registry] in
            if let registry { collect(into: registry) }
        }
    }

    private func collect(into registry: PrometheusRegistry) {
        let counters = fastLane.counters
        registry.setGauge("dealhealth_queue_delay_seconds", to: Double(fastLane.queueDelayNanoseconds) / 1e9)
        registry.setGauge("dealhealth_connections", to: Double(counters.connectionsOpen))
        for (name, count) in [
            ("dealhealth_connections_accepted_total", counters.connectionsAccepted),
            ("dealhealth_connections_refused_total", counters.connectionsRefused),
            ("dealhealth_connections_slow_lane_total", counters.connectionsHandedOver),
            ("dealhealth_request_timeouts_total", counters.connectionsEndedByRequestTimeout),
            ("dealhealth_output_timeouts_total", counters.connectionsEndedByOutputTimeout),
        ] { registry.advanceCounter(name, to: Double(count)) }
    }
}
