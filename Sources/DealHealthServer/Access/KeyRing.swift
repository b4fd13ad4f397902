import DealHealthEngine
import Synchronization

/// The verifier in force, which can be replaced while requests are answered: for rotated keys.
///
/// Any thread may call it. What was verified under an earlier one counts no more once `generation` has moved.
public final class KeyRing: Sendable {
    /// A verifier, and its number.
    struct Version: Sendable {
        var verifier: TokenVerifier
        /// At least 1, greater than that of all before it, and of no other in this process, so that a cache cannot take one ring for
        /// another.
        var generation: UInt64
    }

    private static let generations = Atomic<UInt64>(0)
    private let version: Locked<Version>
    /// The number of `version`, to be read without the lock.
    private let published: Atomic<UInt64>

    /// The verifier of tokens that are signed with one of `keys`, by `issuer` and for `audience` where those are given.
    public convenience init(keys: TokenKeys, issuer: String?, audience: String?) {
        self.init(TokenVerifier(keys: keys, issuer: issuer, audience: audience))
    }

    init(_ verifier: TokenVerifier) {
        let first = Version(verifier: verifier, generation: Self.nextGeneration())
        published = Atomic(first.generation)
        version = Locked(first)
    }

    /// The number of the verifier in force; a load.
    var generation: UInt64 {
        published.load(ordering: .acquiring)
    }

    /// The verifier in force.
    var current: Version {
        version.withLock { $0 }
    }

    /// Puts other keys in force: from here on nobody takes what only the ones before would take.
    public func replace(keys: TokenKeys) {
        replace(current.verifier.with(keys))
    }

    func replace(_ verifier: TokenVerifier) {
        version.withLock { version in
            version = Version(verifier: verifier, generation: Self.nextGeneration())
            // Inside the lock: the numbers are published in their order.
            published.store(version.generation, ordering: .releasing)
        }
    }

    private static func nextGeneration() -> UInt64 {
        generations.add(1, ordering: .relaxed).newValue
    }
}
