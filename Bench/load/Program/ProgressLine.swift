import DealHealthLoad
import Foundation

/// Shows the seconds of a run on standard error as they end, so that standard output holds the summary alone.
struct ProgressLine {
    private let totalSeconds: Double
    private var errors: UInt64 = 0
    private var progress = LiveProgress(isTerminal: isatty(STDERR_FILENO) == 1) { text in
        FileHandle.standardError.write(Data(text.utf8))
    }

    init(totalSeconds: Double) {
        self.totalSeconds = totalSeconds
    }

    mutating func show(_ sample: SecondSample) {
        errors += sample.errors
        progress.show(
            ProgressSample(
                elapsedSeconds: Double(sample.second + 1), totalSeconds: totalSeconds,
                plannedPerSecond: Double(sample.planned), completedPerSecond: Double(sample.completed),
                p50Seconds: sample.p50Seconds, p99Seconds: sample.p99Seconds, errors: errors, backlog: sample.backlog))
    }

    mutating func end() {
        progress.end()
    }
}
