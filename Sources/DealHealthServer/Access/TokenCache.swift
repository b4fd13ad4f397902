import DealHealthCore
import Foundation

/// Tokens that were verified, so that the next request with one costs a comparison of bytes and not two hashes and two readings of
/// JSON. For one thread: each has its own.
///
/// A token is looked for in a few neighbouring places by the end of its signature. Among valid tokens that is as good as random, and
/// nobody without the key can choose it; a forged token that ends like a remembered one fails the comparison of all its bytes.
struct TokenCache {
    private struct Entry {
        let token: [UInt8]
        let identity: VerifiedToken
    }

    /// Neighbouring places that a token may be in: their tags are in one or two lines of a processor's cache.
    private static let ways = 8
    private static let mask = ServerLimits.tokensRemembered - 1

    /// The ends of the tokens in `entries`, close together: a look-up touches the entries that may match only. 0 where there is none.
    private var tags = [UInt64](repeating: 0, count: ServerLimits.tokensRemembered)
    private var entries = [Entry?](repeating: nil, count: ServerLimits.tokensRemembered)
    /// Bytes of the tokens in `entries`. *Invariant:* their sum, at most `ServerLimits.tokenBytesRemembered`.
    private(set) var bytesHeld = 0
    /// The generation of the verifier that all entries are from.
    private var generation: UInt64 = 0
    /// Where the last entry was evicted; moves on with each.
    private var hand = 0

    /// Tokens remembered. O(`ServerLimits.tokensRemembered`).
    var count: Int {
        entries.count { $0 != nil }
    }

    /// What the token says, if it is valid at `now` under the verifier that is in force in `ring`.
    ///
    /// A remembered token is checked for its end only, at each call: that it had begun was seen before. Refused tokens are not
    /// remembered.
    mutating func identity(
        of token: UnsafeRawBufferPointer, ring: KeyRing, now: Timestamp
    ) throws(TokenFault) -> VerifiedToken {
        if generation == ring.generation, let known = remembered(token), known.expiresAt > now { return known }
        let current = ring.current
        if generation != current.generation {
            removeAll()
            generation = current.generation
        }
        let identity = try current.verifier.verify(token, now: now)
        remember(token, identity, now: now)
        return identity
    }

    // MARK: places

    private func remembered(_ token: UnsafeRawBufferPointer) -> VerifiedToken? {
        guard let tag = Self.tag(of: token) else { return nil }
        let home = Self.home(of: tag)
        for way in 0..<Self.ways {
            let place = (home &+ way) & Self.mask
            if tags[place] == tag, holds(token, at: place) { return entries[place]?.identity }
        }
        return nil
    }

    private func holds(_ token: UnsafeRawBufferPointer, at place: Int) -> Bool {
        entries[place]?.token.withUnsafeBytes { known in
            guard known.count == token.count, let known = known.baseAddress, let bytes = token.baseAddress else {
                return false
            }
            return memcmp(known, bytes, token.count) == 0
        } ?? false
    }

    private mutating func remember(_ token: UnsafeRawBufferPointer, _ identity: VerifiedToken, now: Timestamp) {
        guard let tag = Self.tag(of: token) else { return }
        let place = placeForAnother(home: Self.home(of: tag), now: now)
        forget(place)
        tags[place] = tag
        entries[place] = Entry(token: Array(token), identity: identity)
        bytesHeld += token.count
        while bytesHeld > ServerLimits.tokenBytesRemembered {
            hand = (hand + 1) & Self.mask
            if hand != place { forget(hand) }
        }
    }

    /// One of the places from `home` that is empty or whose token has expired, else any in turn.
    private mutating func placeForAnother(home: Int, now: Timestamp) -> Int {
        for way in 0..<Self.ways {
            let place = (home + way) & Self.mask
            guard let entry = entries[place], entry.identity.expiresAt > now else { return place }
        }
        hand = (hand + 1) & Self.mask
        return (home + hand % Self.ways) & Self.mask
    }

    private mutating func forget(_ place: Int) {
        guard let entry = entries[place] else { return }
        bytesHeld -= entry.token.count
        entries[place] = nil
        tags[place] = 0
    }

    private mutating func removeAll() {
        for place in entries.indices { forget(place) }
    }

    // MARK: hash

    /// The last eight bytes, of a signature of 43; nil for what is too short to be a token.
    @inline(__always)
    private static func tag(of token: UnsafeRawBufferPointer) -> UInt64? {
        guard token.count >= 8 else { return nil }
        return token.loadUnaligned(fromByteOffset: token.count &- 8, as: UInt64.self)
    }

    /// The first place of a token: the highest bits of a product are of all bits of the factor (Knuth, TAOCP vol. 3, §6.4).
    @inline(__always)
    private static func home(of tag: UInt64) -> Int {
        let hash = tag &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: hash >> UInt64(64 &- ServerLimits.tokensRemembered.trailingZeroBitCount))
    }
}
