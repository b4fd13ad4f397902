/// Bytes that are not what the format says: the reason names what was found and what was expected.
public struct CodecError: Error, Sendable, Equatable, CustomStringConvertible {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    public var description: String {
        reason
    }
}
