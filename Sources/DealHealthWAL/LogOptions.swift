import DealHealthCore
public import DealHealthEngine

/// How a log is opened.
public struct LogOptions: Sendable {
    /// Bytes of the map to begin with; it doubles as it fills. A test starts small.
    public var mapBytes = Limits.mapBytesInitial
    public var failpoints = Failpoints.none
    /// Checks the files of a data directory before they are mapped; throws `damaged` with the next step.
    ///
    /// The program does it in a child process: reading a mapped file that is cut short, or following a flipped page
    /// number, ends a process by signal.
    public var verify: @Sendable (_ directory: String) throws(LogError) -> Void

    public init(verify: @escaping @Sendable (_ directory: String) throws(LogError) -> Void) {
        self.verify = verify
    }
}
