/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
///
/// Microseconds, because producers send up to six decimals; the core never reads a clock, it is handed one of these.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    @inlinable
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.microseconds < rhs.microseconds
    }

    @inlinable
    public static func + (lhs: Timestamp, rhs: Duration) -> Timestamp {
        Timestamp(microseconds: lhs.microseconds + rhs.wholeMicroseconds)
    }

    @inlinable
    public static func - (lhs: Timestamp, rhs: Duration) -> Timestamp {
        Timestamp(microseconds: lhs.microseconds - rhs.wholeMicroseconds)
    }

    /// Days from `start` to `self`; negative when `start` is later.
    @inlinable
    public func days(since start: Timestamp) -> Double {
        Double(microseconds - start.microseconds) / Timestamp.microsecondsPerDay
    }

    @usableFromInline static let microsecondsPerDay = 86_400_000_000.0
}

extension Duration {
    /// Whole microseconds, rounded toward zero.
    @inlinable
    public var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// As seconds, for metrics and settings.
    @inlinable
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
