import RealModule

/// The deals that a stream of requests names most often, in fixed memory: Space-Saving (Metwally, Agrawal and El Abbadi, "Efficient
/// computation of frequent and top-k elements in data streams", 2005), with counts that halve every `halfLifeSeconds`, so that it
/// tells of now.
///
/// Each count is at least the true one, and at most `error` above it. A deal with more than 1/capacity of all is always there.
/// A call looks at every counter once or twice: 128 are some hundred bytes in a row, and callers sample.
public struct HeavyHitters: Sendable {
    /// A deal, as often as it was named.
    public struct Entry: Sendable, Equatable {
        public var dealID: String
        /// Requests a second at present, at most and at least, if they go on as in the last minutes.
        public var perSecond: Double
        public var perSecondMin: Double
    }

    /// Deals counted at once: with a Zipf distribution of exponent 1 over a million deals, the first twenty stand out.
    public static let capacity = 128
    /// Long enough to average, short enough to forget a sale that is over.
    public static let halfLifeSeconds = 60.0

    private let key: HashKey
    /// Keyed hashes of the deals counted, in no order. *Invariant:* as many as `counts`, `errors` and ids, at most `capacity`, all
    /// different.
    private var hashes: [UInt64] = []
    /// Weights of the requests, each times 2^((its time - reference) / half-life): that way decay is one factor for all.
    private var counts: [Double] = []
    /// What a count may be too high by: that of the deal whose place this one took.
    private var errors: [Double] = []
    /// The ids, each in `Limits.dealIDBytesMax` bytes, and their lengths.
    private var ids: [UInt8] = []
    private var idCounts: [Int] = []
    /// What counts are relative to.
    private var reference = Timestamp(microseconds: 0)

    /// Half-lives after which counts are made relative to a new time, long before they leave the range of a `Double`.
    private static let referenceHalfLivesMax = 100.0

    /// Nothing counted; `key` MUST be secret, or senders could make deals share a counter.
    public init(key: HashKey) {
        self.key = key
    }

    /// Counts `weight` requests for a deal, given as UTF-8; what can be no deal's id is ignored. O(capacity).
    public mutating func add(_ dealID: UnsafeRawBufferPointer, weight: Double, at time: Timestamp) {
        guard !dealID.isEmpty, dealID.count <= Limits.dealIDBytesMax else { return }
        if halfLives(until: time) > Self.referenceHalfLivesMax { refer(to: time) }
        let weight = weight * Double.exp2(max(0, halfLives(until: time)))
        let hash = SipHash.hash64(dealID, key: key)
        if let index = hashes.firstIndex(of: hash) {
            counts[index] += weight
        } else if hashes.count < Self.capacity {
            hashes.append(hash)
            counts.append(weight)
            errors.append(0)
            ids.append(contentsOf: repeatElement(0, count: Limits.dealIDBytesMax))
            idCounts.append(0)
            store(dealID, at: hashes.count - 1)
        } else {
            var least = 0
            for index in counts.indices where counts[index] < counts[least] { least = index }
            hashes[least] = hash
            errors[least] = counts[least]
            counts[least] += weight
            store(dealID, at: least)
        }
    }

    /// The deals named most often, most often first; at most `limit`.
    public func top(_ limit: Int, at time: Timestamp) -> [Entry] {
        let perSecond = Double.exp2(-max(0, halfLives(until: time))) * Double.log(2) / Self.halfLifeSeconds
        return counts.indices.sorted { counts[$0] > counts[$1] }.prefix(limit).map { index in
            let start = index * Limits.dealIDBytesMax
            return Entry(
                dealID: String(decoding: ids[start..<(start + idCounts[index])], as: UTF8.self),
                perSecond: counts[index] * perSecond, perSecondMin: (counts[index] - errors[index]) * perSecond)
        }
    }

    private mutating func store(_ dealID: UnsafeRawBufferPointer, at index: Int) {
        idCounts[index] = dealID.count
        ids.withUnsafeMutableBytes { ids in
            UnsafeMutableRawBufferPointer(rebasing: ids[(index * Limits.dealIDBytesMax)...]).copyMemory(from: dealID)
        }
    }

    private func halfLives(until time: Timestamp) -> Double {
        Double(time.microseconds - reference.microseconds) / (Self.halfLifeSeconds * 1e6)
    }

    private mutating func refer(to time: Timestamp) {
        let factor = Double.exp2(-halfLives(until: time))
        for index in counts.indices {
            counts[index] *= factor
            errors[index] *= factor
        }
        reference = time
    }
}
