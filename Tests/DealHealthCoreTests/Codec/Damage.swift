@testable import DealHealthCore

/// What a bad disk or a torn write can do to an encoded value, and who notices.
enum Damage {
    /// The bits (byte · 8 + bit) whose flip in `bytes` goes unnoticed: `decode` neither throws nor returns `value`.
    static func unnoticedFlips<Value: Equatable>(
        of bytes: [UInt8], value: Value, decode: ([UInt8]) throws -> Value
    ) -> [Int] {
        (0..<bytes.count * 8).filter { bit in
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let decoded = try? decode(damaged) else { return false }
            return decoded != value
        }
    }

    /// The lengths in [0, bytes.count) to which `bytes` can be cut without `decode` throwing.
    static func unnoticedTruncations<Value>(of bytes: [UInt8], decode: ([UInt8]) throws -> Value) -> [Int] {
        (0..<bytes.count).filter { (try? decode(Array(bytes.prefix($0)))) != nil }
    }

    /// `bytes` after `change`, under a checksum (CRC-32C of bytes [4, end)) that says all is well: not damage but
    /// another program's writing.
    static func resealed(
        _ bytes: [UInt8], checksumEnd: Int? = nil, _ change: (inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes = bytes
        change(&bytes)
        let checksum = bytes[4..<(checksumEnd ?? bytes.count)].withUnsafeBytes { CRC32C.checksum($0) }
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return bytes
    }
}
