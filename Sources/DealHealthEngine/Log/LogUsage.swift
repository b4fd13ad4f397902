/// What the log's file holds, and who keeps pages of it from being used again, at one moment.
public struct LogUsage: Sendable, Equatable {
    /// Bytes of pages that the records take.
    public var recordBytes: Int
    /// Bytes of the file in use: all pages up to the last one, free ones included.
    public var fileBytes: Int
    /// Bytes of free pages among them: written to before the file grows, unless an open reader still sees what they held.
    public var freeBytes: Int
    /// How long the oldest open reader has kept its view. *Invariant:* zero when there is none.
    public var readerAge: Duration

    public init(recordBytes: Int = 0, fileBytes: Int = 0, freeBytes: Int = 0, readerAge: Duration = .zero) {
        self.recordBytes = recordBytes
        self.fileBytes = fileBytes
        self.freeBytes = freeBytes
        self.readerAge = readerAge
    }
}
