/// Why a text is not `TokenKeys`, in words for the operator; never with a part of the text.
public struct TokenKeysFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String {
        message
    }
}
