import DealHealthCore
import Synchronization

/// The log's size as the last commit that looked found it; for the gauges.
final class LogUsage: Sendable {
    private let recordBytesCell = Atomic<Int>(0)
    private let fileBytesCell = Atomic<Int>(0)

    var recordBytes: Int {
        recordBytesCell.load(ordering: .relaxed)
    }

    var fileBytes: Int {
        fileBytesCell.load(ordering: .relaxed)
    }

    func record(_ outcome: CommitOutcome) {
        recordBytesCell.store(outcome.recordBytes, ordering: .relaxed)
        fileBytesCell.store(outcome.fileBytes, ordering: .relaxed)
    }
}
