/// Log sequence number: the position of one record in the log.
///
/// The first record has LSN 1; `LSN.zero` stands for "before the first". Numbers are consecutive: a log holds
/// every LSN between the first that is retained and the last that is durable, each exactly once.
public struct LSN: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var value: UInt64

    @inlinable
    public init(_ value: UInt64) {
        self.value = value
    }

    /// Before the first record.
    public static let zero = LSN(0)

    @inlinable
    public static func < (lhs: LSN, rhs: LSN) -> Bool {
        lhs.value < rhs.value
    }

    /// The next position.
    @inlinable
    public var successor: LSN {
        LSN(value + 1)
    }

    /// The number of records in `(start, self]`; `start` MUST NOT be after `self`.
    @inlinable
    public func distance(from start: LSN) -> UInt64 {
        precondition(start <= self, "LSN distance runs backwards")
        return value - start.value
    }

    public var description: String {
        String(value)
    }
}
