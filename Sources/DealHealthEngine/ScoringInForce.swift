public import DealHealthCore
import Synchronization

/// The scoring settings that reads use: changed by the publisher, read on any thread without waiting.
///
/// @unchecked Sendable: `current` is the address of a value that is written before and never after it is published (release, acquire)
/// and lives as long as this does; `put` MUST be called by one task at a time, which the publisher is.
final class ScoringInForce: @unchecked Sendable {
    private let address: Atomic<UnsafePointer<ScoringVersion>>
    /// All there ever were: readers may be looking at any. *Invariant:* at most `Limits.scoringChangesMax` and the first.
    private var versions: [UnsafePointer<ScoringVersion>]

    init(_ version: ScoringVersion) {
        let stored = Self.store(version)
        versions = [stored]
        address = Atomic(stored)
    }

    deinit {
        for version in versions { UnsafeMutablePointer(mutating: version).deallocate() }
    }

    private static func store(_ version: ScoringVersion) -> UnsafePointer<ScoringVersion> {
        let memory = UnsafeMutablePointer<ScoringVersion>.allocate(capacity: 1)
        memory.initialize(to: version)
        return UnsafePointer(memory)
    }

    var current: ScoringVersion {
        address.load(ordering: .acquiring).pointee
    }

    func put(_ version: ScoringVersion) {
        let stored = Self.store(version)
        versions.append(stored)
        address.store(stored, ordering: .releasing)
    }
}

/// Scoring settings and the position that put them in force.
public struct ScoringVersion: Sendable {
    public var settings: ScoringSettings
    public var lsn: LSN
    /// Names the log and the settings: with a deal's LSN, what its score follows from but for the time. 64 bits of a keyed
    /// hash, which tells nothing of the key.
    public var tag: UInt64

    init(_ settings: ScoringSettings, lsn: LSN, log: LogIdentity) {
        self.settings = settings
        self.lsn = lsn
        var bytes = settings.encoded()
        for word in [log.lineage.low, log.lineage.high] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        tag = bytes.withUnsafeBytes { SipHash.hash64($0, key: log.hashKey) }
    }
}
