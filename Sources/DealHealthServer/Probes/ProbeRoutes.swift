import DealHealthCore
import DealHealthEngine
import Hummingbird

/// The probes: `/livez`, `/startupz`, `/readyz`, and `/health` for people.
struct ProbeRoutes: Sendable {
    let handle: EngineHandle
    let version: String
    let startedAt = ContinuousClock.now

    init(handle: EngineHandle, version: String) {
        self.handle = handle
        self.version = version
    }

    /// 200 as long as anything is answered at all.
    func live() -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("alive")
        json.endObject()
        return Response(json)
    }

    /// 200 once recovered, else 503 with the progress.
    func startup() throws(Problem) -> Response {
        let engine = try handle.recoveredEngine()
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("started")
        json.key("recovery_seconds")
        json.number((engine.snapshot().recoverySeconds * 1_000).rounded() / 1_000)
        json.endObject()
        return Response(json)
    }

    /// 200 when new work is welcome, else 503 with the reason.
    func ready() throws(Problem) -> Response {
        let readiness = Readiness(handle)
        switch readiness {
        case .ready: break
        case .recovering: throw handle.recoveringProblem()
        case .logFailed:
            throw Problem(.serviceUnavailable, .logFailed, "a write or sync of the log failed; the process must end")
                .retry(afterSeconds: ServerLimits.retryAfterSeconds)
        case .draining:
            throw Problem(.serviceUnavailable, .stopping, "the server is draining")
                .retry(afterSeconds: ServerLimits.retryAfterSeconds)
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string(readiness.text)
        json.key("log")
        json.string(logStatus)
        json.endObject()
        return Response(json)
    }

    /// The components: 200 when ready, else 503, in the same shape.
    func health() -> Response {
        let readiness = Readiness(handle)
        let engine = handle.engine
        var json = JSONWriter(capacity: 1_024)
        json.beginObject()
        json.key("status")
        json.string(readiness == .ready ? (handle.isDiskFull ? "degraded" : "healthy") : "unhealthy")
        json.key("reason")
        if readiness == .ready { json.null() } else { json.string(readiness.text) }
        json.key("timestamp")
        json.timestamp(engine?.now() ?? .wallClock)
        json.key("uptime_seconds")
        json.number((startedAt.duration(to: .now).seconds * 1_000).rounded() / 1_000)
        json.key("version")
        json.string(version)
        json.key("components")
        json.beginObject()
        if let snapshot = engine?.snapshot() {
            json.key("log")
            write(log: snapshot, to: &json)
            json.key("engine")
            write(engine: snapshot, to: &json)
            PredecessorComponents.write(logStatus: logStatus, queueDepth: snapshot.admittedEvents, to: &json)
        } else {
            json.key("engine")
            writeRecovery(to: &json)
            PredecessorComponents.write(logStatus: "recovering", queueDepth: 0, to: &json)
        }
        json.endObject()
        json.endObject()
        return Response(json, status: readiness == .ready ? .ok : .serviceUnavailable)
    }

    // MARK: components

    private var logStatus: String {
        if Readiness(handle) == .logFailed { return "failed" }
        return handle.isDiskFull ? "disk_full" : "healthy"
    }

    private func write(log snapshot: EngineSnapshot, to json: inout JSONWriter) {
        json.beginObject()
        json.key("status")
        json.string(logStatus)
        json.key("truncated_lsn")
        json.integer(snapshot.positions.truncated.value)
        json.key("checkpointed_lsn")
        json.integer(snapshot.positions.checkpointed.value)
        json.key("applied_lsn")
        json.integer(snapshot.positions.applied.value)
        json.key("durable_lsn")
        json.integer(snapshot.positions.durable.value)
        json.key("assigned_lsn")
        json.integer(snapshot.positions.assigned.value)
        json.key("record_bytes")
        json.integer(snapshot.log.recordBytes)
        json.key("file_bytes")
        json.integer(snapshot.log.fileBytes)
        json.endObject()
    }

    private func write(engine snapshot: EngineSnapshot, to json: inout JSONWriter) {
        json.beginObject()
        json.key("status")
        json.string("healthy")
        json.key("deals")
        json.integer(snapshot.deals)
        json.key("admitted_events")
        json.integer(snapshot.admittedEvents)
        json.key("admitted_bytes")
        json.integer(snapshot.admittedBytes)
        json.key("remembered_events")
        json.integer(snapshot.rememberedEvents)
        json.key("recovery_seconds")
        json.number((snapshot.recoverySeconds * 1_000).rounded() / 1_000)
        json.key("estimated_recovery_seconds")
        json.number((snapshot.estimatedRecoverySeconds * 1_000).rounded() / 1_000)
        json.endObject()
    }

    private func writeRecovery(to json: inout JSONWriter) {
        let (deals, records) = (handle.progress.deals, handle.progress.records)
        json.beginObject()
        json.key("status")
        json.string("recovering")
        json.key("deals_loaded")
        json.integer(deals.done)
        json.key("deals_total")
        json.integer(deals.total)
        json.key("records_done")
        json.integer(records.done)
        json.key("records_total")
        json.integer(records.total)
        json.key("eta_seconds")
        if let seconds = handle.remainingSeconds() { json.number(seconds) } else { json.null() }
        json.endObject()
    }
}
