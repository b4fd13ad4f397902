import CoreMetrics
import DealHealthCore
import Metrics

/// The engine's instruments.
struct EngineMetrics: Sendable {
    /// Time of one transaction and sync, seconds.
    private let commitDuration = Metrics.Timer(label: "dealhealth_commit_duration_seconds")
    /// Records in one commit.
    private let commitEvents = Recorder(label: "dealhealth_commit_events")
    /// Bytes of records in one commit.
    private let commitBytes = Recorder(label: "dealhealth_commit_bytes")
    /// Events that count, since the start.
    private let accepted = Counter(label: "dealhealth_events_total", dimensions: [("outcome", "accepted")])
    private let duplicates = Counter(label: "dealhealth_events_total", dimensions: [("outcome", "duplicate")])
    private let rejected = Counter(label: "dealhealth_events_total", dimensions: [("outcome", "rejected")])
    /// Submissions refused as a whole, by reason.
    private let refusedOverloaded = Counter(label: "dealhealth_refusals_total", dimensions: [("reason", "overloaded")])
    private let refusedDiskFull = Counter(label: "dealhealth_refusals_total", dimensions: [("reason", "disk_full")])
    private let refusedStopping = Counter(label: "dealhealth_refusals_total", dimensions: [("reason", "stopping")])
    private let refusedLogFailed = Counter(label: "dealhealth_refusals_total", dimensions: [("reason", "log_failed")])
    /// The chain of positions.
    private let truncated = Gauge(label: "dealhealth_truncated_lsn")
    private let checkpointed = Gauge(label: "dealhealth_checkpointed_lsn")
    private let applied = Gauge(label: "dealhealth_applied_lsn")
    private let durable = Gauge(label: "dealhealth_durable_lsn")
    private let assigned = Gauge(label: "dealhealth_assigned_lsn")
    private let admittedEvents = Gauge(label: "dealhealth_admitted_events")
    private let admittedBytes = Gauge(label: "dealhealth_admitted_bytes")
    private let deals = Gauge(label: "dealhealth_deals")
    private let rememberedEvents = Gauge(label: "dealhealth_remembered_events")
    private let rememberedWindow = Gauge(label: "dealhealth_remembered_window_seconds")
    private let rememberedWindowSetting = Gauge(label: "dealhealth_remembered_window_setting_seconds")
    /// Time the last recovery took, seconds.
    private let recovery = Gauge(label: "dealhealth_recovery_seconds")
    /// What a recovery would take now, seconds.
    private let estimatedRecovery = Gauge(label: "dealhealth_estimated_recovery_seconds")
    private let recordBytes = Gauge(label: "dealhealth_log_record_bytes")
    private let fileBytes = Gauge(label: "dealhealth_log_file_bytes")
    private let freeBytes = Gauge(label: "dealhealth_log_free_bytes")
    /// How long the oldest reader has kept pages from being used again, seconds.
    private let readerAge = Gauge(label: "dealhealth_log_reader_age_seconds")
    /// Deals that seem to have died.
    private let alarms = Counter(label: "dealhealth_alarms_total")
    /// Checkpoint steps written, and the deals in them.
    private let checkpointSteps = Counter(label: "dealhealth_checkpoint_steps_total")
    private let checkpointEntries = Counter(label: "dealhealth_checkpoint_entries_total")

    /// Help texts for the exposition, by metric name.
    static let help: [String: String] = [
        "dealhealth_commit_duration_seconds": "Time of one log transaction with its sync.",
        "dealhealth_commit_events": "Events made durable by one commit.",
        "dealhealth_commit_bytes": "Bytes of log records made durable by one commit.",
        "dealhealth_events_total": "Events received, by what became of them.",
        "dealhealth_alarms_total": "Deals that seem to have died: falls of the forecast, each a record of the log.",
        "dealhealth_refusals_total": "Submissions refused as a whole, by reason.",
        "dealhealth_truncated_lsn": "Last log position no longer retained.",
        "dealhealth_checkpointed_lsn": "Log position that the checkpoint of every partition reaches.",
        "dealhealth_applied_lsn": "Log position that readers see.",
        "dealhealth_durable_lsn": "Last log position on stable storage.",
        "dealhealth_assigned_lsn": "Last log position given to an event.",
        "dealhealth_admitted_events": "Events admitted and not yet visible.",
        "dealhealth_admitted_bytes": "Bytes of events admitted and not yet visible.",
        "dealhealth_deals": "Deals held.",
        "dealhealth_remembered_events": "Event ids remembered against a second count.",
        "dealhealth_remembered_window_seconds": "How far back event ids are remembered at present.",
        "dealhealth_remembered_window_setting_seconds":
            "How far back event ids are to be remembered; the window is less once there are too many ids for it.",
        "dealhealth_recovery_seconds": "Time the last recovery took.",
        "dealhealth_estimated_recovery_seconds": "Time a recovery would take now, estimated.",
        "dealhealth_log_record_bytes": "Bytes of pages holding log records.",
        "dealhealth_log_file_bytes": "Bytes of the log's file in use, free pages included.",
        "dealhealth_log_free_bytes": "Bytes of free pages in the log's file.",
        "dealhealth_log_reader_age_seconds":
            "How long the oldest open reader of the log has kept its view; pages freed since cannot be used again.",
        "dealhealth_checkpoint_steps_total": "Checkpoint steps made durable.",
        "dealhealth_checkpoint_entries_total": "Deal states written to the checkpoint.",
    ]

    func committed(_ batch: LogBatch?, in duration: Duration) {
        if let batch, batch.alarmCount > 0 { alarms.increment(by: batch.alarmCount) }
        commitDuration.recordNanoseconds(
            duration.components.seconds * 1_000_000_000
                + duration.components.attoseconds / 1_000_000_000)
        guard let batch else { return }
        commitEvents.record(batch.count)
        commitBytes.record(batch.bytes.count)
    }

    func submitted(_ receipt: Receipt) {
        accepted.increment(by: receipt.accepted)
        duplicates.increment(by: receipt.duplicates)
        rejected.increment(by: receipt.rejectedCount)
    }

    func checkpointed(_ steps: [CheckpointStep]) {
        checkpointSteps.increment(by: steps.count)
        checkpointEntries.increment(by: steps.reduce(0) { $0 + $1.slots.count })
    }

    func refused(_ error: EngineError) {
        switch error.code {
        case .diskFull: refusedDiskFull.increment()
        case .stopping: refusedStopping.increment()
        case .logFailed: refusedLogFailed.increment()
        default: refusedOverloaded.increment()
        }
    }

    func record(_ snapshot: EngineSnapshot) {
        truncated.record(Double(snapshot.positions.truncated.value))
        checkpointed.record(Double(snapshot.positions.checkpointed.value))
        applied.record(Double(snapshot.positions.applied.value))
        durable.record(Double(snapshot.positions.durable.value))
        assigned.record(Double(snapshot.positions.assigned.value))
        admittedEvents.record(Double(snapshot.admittedEvents))
        admittedBytes.record(Double(snapshot.admittedBytes))
        deals.record(Double(snapshot.deals))
        rememberedEvents.record(Double(snapshot.rememberedEvents))
        rememberedWindow.record(Double(snapshot.rememberedWindowSeconds))
        rememberedWindowSetting.record(Double(snapshot.rememberedWindowSecondsMax))
        recovery.record(snapshot.recoverySeconds)
        estimatedRecovery.record(snapshot.estimatedRecoverySeconds)
        recordBytes.record(Double(snapshot.log.recordBytes))
        fileBytes.record(Double(snapshot.log.fileBytes))
        freeBytes.record(Double(snapshot.log.freeBytes))
        readerAge.record(snapshot.log.readerAge.seconds)
    }
}
