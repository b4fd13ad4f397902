/// What is shown of a run while it goes on.
public struct ProgressSample: Sendable {
    /// Since the start of the run, and of all of it.
    public var elapsedSeconds: Double
    public var totalSeconds: Double
    public var plannedPerSecond: Double
    public var completedPerSecond: Double
    /// Of the last second.
    public var p50Seconds: Double
    public var p99Seconds: Double
    /// Since the start.
    public var errors: UInt64
    public var backlog: UInt64

    public init(
        elapsedSeconds: Double, totalSeconds: Double, plannedPerSecond: Double, completedPerSecond: Double,
        p50Seconds: Double, p99Seconds: Double, errors: UInt64, backlog: UInt64
    ) {
        self.elapsedSeconds = elapsedSeconds
        self.totalSeconds = totalSeconds
        self.plannedPerSecond = plannedPerSecond
        self.completedPerSecond = completedPerSecond
        self.p50Seconds = p50Seconds
        self.p99Seconds = p99Seconds
        self.errors = errors
        self.backlog = backlog
    }
}

/// Shows a run as it goes on: one line that is drawn again in a terminal, a plain line every few seconds anywhere else.
public struct LiveProgress {
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var lastPlainSeconds: Double?
    private var isLineOpen = false

    /// A file or a log gets no more than this, seconds.
    private static let plainEvery = 5.0

    /// - Parameter write: takes text as it is, with its line ends.
    public init(isTerminal: Bool, write: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    public mutating func show(_ sample: ProgressSample) {
        if isTerminal {
            // Back to the line's begin, and what was there is cleared (ECMA-48 EL).
            write("\r\(Self.line(sample))\u{1b}[K")
            isLineOpen = true
        } else if sample.elapsedSeconds >= (lastPlainSeconds ?? -.infinity) + Self.plainEvery {
            lastPlainSeconds = sample.elapsedSeconds
            write("\(Self.line(sample))\n")
        }
    }

    /// Says something in a line of its own, above the one that is drawn again.
    public mutating func say(_ text: String) {
        write(isLineOpen ? "\r\(text)\u{1b}[K\n" : "\(text)\n")
        isLineOpen = false
    }

    /// Leaves the last line as it is.
    public mutating func end() {
        if isLineOpen { write("\n") }
        isLineOpen = false
    }

    /// "00:12/02:00  planned 2,000/s  done 1,998/s  p50 214 µs  p99 1.20 ms  errors 0  backlog 3", at most 120 characters.
    static func line(_ sample: ProgressSample) -> String {
        [
            "\(Readable.clock(sample.elapsedSeconds))/\(Readable.clock(sample.totalSeconds))",
            "planned \(Readable.number(sample.plannedPerSecond.rounded()))/s",
            "done \(Readable.number(sample.completedPerSecond.rounded()))/s",
            "p50 \(Readable.duration(sample.p50Seconds))", "p99 \(Readable.duration(sample.p99Seconds))",
            "errors \(Readable.count(sample.errors))", "backlog \(Readable.count(sample.backlog))",
        ].joined(separator: "  ")
    }
}
