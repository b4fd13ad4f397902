/// Named places where a test may kill the process, to see that nothing acknowledged is lost whatever the moment.
public struct Failpoints: Sendable {
    /// The places, a closed set.
    public enum Name: String, Sendable, CaseIterable {
        /// A batch is gathered, nothing of it written.
        case beforeCommit = "before-commit"
        /// A batch is durable, nobody knows.
        case afterCommit = "after-commit"
        /// The publisher has the batch, nothing of it is visible.
        case beforePublish = "before-publish"
        /// The batch is visible, its senders have no answer.
        case afterPublish = "after-publish"
        /// A partition's entries are gathered for the checkpoint.
        case beforeCheckpointStep = "before-checkpoint-step"
        /// A partition's entries are durable.
        case afterCheckpointStep = "after-checkpoint-step"
        /// Inside the log's transaction, before its commit.
        case insideTransaction = "inside-transaction"
        /// The transaction is committed, the watermark is not written.
        case beforeWatermark = "before-watermark"
        /// The map is about to grow.
        case beforeMapGrowth = "before-map-growth"
        /// Old records are removed in a transaction that is not committed.
        case insideTruncation = "inside-truncation"
    }

    private let action: @Sendable (Name) -> Void

    /// Calls `action` at every place.
    public init(_ action: @escaping @Sendable (Name) -> Void) {
        self.action = action
    }

    /// Does nothing anywhere.
    public static let none = Failpoints { _ in }

    public func hit(_ name: Name) {
        action(name)
    }
}
