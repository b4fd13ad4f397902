import DealHealthCore
public import Logging

/// A digest of all deals' states: equal if and only if they are equal bit for bit (but for a collision in 128 bits).
///
/// The order of deals does not matter: it is the sum of the hashes of their encoded entries.
public struct StateDigest: Sendable, Equatable, CustomStringConvertible {
    private var sum = Hash128(low: 0, high: 0)
    public private(set) var dealCount = 0

    private static let key = HashKey(k0: 0x6465_616c, k1: 0x6865_616c_7468)

    /// Adds the deals of published tables.
    mutating func insert(_ table: DealTable) {
        var buffer: [UInt8] = []
        for slot in 0..<table.count {
            guard let state = table.state(at: slot) else { continue }
            buffer.removeAll(keepingCapacity: true)
            DealEntry.encode(state, dealID: table.id(at: slot), into: &buffer)
            sum &+= buffer.withUnsafeBytes { SipHash.hash128($0, key: Self.key) }
            dealCount += 1
        }
    }

    /// 32 hexadecimal digits.
    public var description: String {
        func hex(_ word: UInt64) -> String {
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(sum.high) + hex(sum.low)
    }

    /// The digest of the state that `log` gives back: with its checkpoint, or from its records alone.
    ///
    /// Throws `refusedToStart` as a start would; from the records alone also when the first is no longer retained.
    public static func replaying(
        _ log: any EventLog, usingCheckpoint: Bool, logger: Logger
    ) throws(EngineError) -> (digest: StateDigest, replayedCount: UInt64) {
        let recovered = try Recovery(
            log: log, rememberFor: EngineSettings().rememberFor, isCheckpointUsed: usingCheckpoint,
            progress: RecoveryProgress(), logger: logger
        ).run()
        var digest = StateDigest()
        for partition in recovered.partitions { digest.insert(partition.table) }
        return (digest, UInt64(recovered.work.records))
    }
}

extension Engine {
    /// The digest of what readers see now.
    public func digest() -> StateDigest {
        var digest = StateDigest()
        for table in tables { digest.insert(table) }
        return digest
    }
}
