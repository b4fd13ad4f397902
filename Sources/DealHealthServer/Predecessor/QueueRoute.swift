import DealHealthEngine
import Hummingbird

/// `GET /queue/stats`: the predecessor's queue, which here is the way of an event to the disk.
struct QueueRoute: Sendable {
    let handle: EngineHandle
    let registry: PrometheusRegistry

    /// Since the start: events that count, events refused, events that came again. `dlq_messages` is 0: a refused event is answered,
    /// and not put aside. `active_tasks` are events on their way to the disk.
    func stats() -> Response {
        let engine = handle.engine
        var json = JSONWriter()
        json.beginObject()
        json.key("messages_processed")
        json.number(PredecessorMetrics.events("accepted", registry))
        json.key("messages_failed")
        json.number(PredecessorMetrics.events("rejected", registry))
        json.key("messages_retried")
        json.number(PredecessorMetrics.events("duplicate", registry))
        json.key("dlq_messages")
        json.integer(0)
        json.key("is_running")
        json.bool(engine.map { $0.refusal == nil } ?? false)
        json.key("active_tasks")
        json.integer(engine?.snapshot().admittedEvents ?? 0)
        json.endObject()
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }
}
