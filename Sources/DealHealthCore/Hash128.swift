/// A 128-bit hash value: the identity by which an event is remembered.
public struct Hash128: Sendable, Hashable {
    public var low: UInt64
    public var high: UInt64

    @inlinable
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    @inlinable
    public static func == (lhs: Hash128, rhs: Hash128) -> Bool {
        lhs.low == rhs.low && lhs.high == rhs.high
    }

    /// Sum modulo 2^128: combines the hashes of an object's members so that their order does not matter.
    @inlinable
    public static func &+= (lhs: inout Hash128, rhs: Hash128) {
        let (sum, carry) = lhs.low.addingReportingOverflow(rhs.low)
        lhs.low = sum
        lhs.high = lhs.high &+ rhs.high &+ (carry ? 1 : 0)
    }
}
