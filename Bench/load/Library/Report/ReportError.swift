/// A result cannot be read, compared or written.
public struct ReportError: Error, CustomStringConvertible, Equatable {
    /// What is wrong, and what to do.
    public var message: String

    public init(message: String) {
        self.message = message
    }

    public var description: String {
        message
    }
}
