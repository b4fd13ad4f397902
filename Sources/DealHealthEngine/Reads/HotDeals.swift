public import DealHealthCore

/// The deals that reads, or events, are about at present; any thread may note and ask.
///
/// A sample of requests is noted, see `HotDealSampler`. Noting waits for nothing (P4): a request that finds another at it is left
/// out, which is one more sample missed.
public final class HotDeals: Sendable {
    private let sketch: Locked<HeavyHitters>

    init() {
        sketch = Locked(HeavyHitters(key: HashKey(k0: .random(in: 0...UInt64.max), k1: .random(in: 0...UInt64.max))))
    }

    /// Notes a deal that stands for `HotDealSampler.meanGap` requests.
    public func note(_ dealID: UnsafeRawBufferPointer, at time: Timestamp) {
        sketch.withLockIfFree { $0.add(dealID, weight: Double(HotDealSampler.meanGap), at: time) }
    }

    /// The deals named most often, most often first; at most `limit`.
    public func top(_ limit: Int, at time: Timestamp) -> [HeavyHitters.Entry] {
        let copy = sketch.withLock { $0 }
        return copy.top(limit, at: time)
    }
}

/// Chooses which requests are noted: one in `meanGap`, at random distances, since requests may come in a rhythm.
public struct HotDealSampler: Sendable {
    /// Noting takes some hundred nanoseconds: a sixteenth of that is lost in a request's own time.
    public static let meanGap = 16

    /// Requests that pass before the next is noted.
    private var skipped: Int
    /// The state of a xorshift generator (Marsaglia, 2003), never 0.
    private var random: UInt64

    /// A sampler that begins somewhere between two requests to be noted, so that one for each request is as good as one for all.
    public init(seed: UInt64 = .random(in: 1...UInt64.max)) {
        precondition(seed != 0, "a xorshift generator never leaves 0")
        random = seed
        skipped = 0
        // From a random place in the sequence, g requests are still to pass with a chance proportional to that of a longer gap: the
        // distribution of the smaller of these two.
        skipped = min(uniform(Self.gapMax), uniform(Self.gapMax + 1))
    }

    /// Passes `count` requests; calls `note` with the indices, in [0, count), of those to be noted.
    @inline(__always)
    public mutating func pass(_ count: Int, _ note: (Int) -> Void) {
        while skipped < count {
            note(skipped)
            skipped += gap()
        }
        skipped -= count
    }

    private static let gapMax = 2 * meanGap - 1

    /// The distance to the next request to be noted: uniform in [1, gapMax].
    private mutating func gap() -> Int {
        1 + uniform(Self.gapMax)
    }

    /// Uniform in [0, bound).
    private mutating func uniform(_ bound: Int) -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Int(random >> 33) % bound
    }
}
