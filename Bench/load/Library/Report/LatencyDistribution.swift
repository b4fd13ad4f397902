/// A histogram of durations as a result keeps it: the buckets that hold something, smallest first.
///
/// As compact as the run was: 3 significant digits from 1 µs to 100 s are at most some thousand buckets.
public struct LatencyDistribution: Codable, Sendable, Equatable {
    /// The longest duration that each bucket takes, nanoseconds. *Invariant:* strictly increasing.
    public private(set) var upperBoundsNanoseconds: [UInt64]
    /// How many durations each bucket holds, > 0. *Invariant:* as many as there are bounds.
    public private(set) var counts: [UInt64]
    /// The exact extremes, nanoseconds; 0 without durations.
    public var minNanoseconds: UInt64
    public var maxNanoseconds: UInt64
    /// The exact mean, nanoseconds; 0 without durations.
    public var meanNanoseconds: Double

    /// A distribution without durations.
    public init() {
        self.init(buckets: [], minNanoseconds: 0, maxNanoseconds: 0, meanNanoseconds: 0)
    }

    /// - Parameter buckets: by increasing upper bound; those that hold nothing are left out.
    public init(
        buckets: some Sequence<(upperBoundNanoseconds: UInt64, count: UInt64)>, minNanoseconds: UInt64,
        maxNanoseconds: UInt64, meanNanoseconds: Double
    ) {
        upperBoundsNanoseconds = []
        counts = []
        self.minNanoseconds = minNanoseconds
        self.maxNanoseconds = maxNanoseconds
        self.meanNanoseconds = meanNanoseconds
        for bucket in buckets where bucket.count > 0 {
            precondition(bucket.upperBoundNanoseconds > upperBoundsNanoseconds.last ?? 0 || counts.isEmpty)
            upperBoundsNanoseconds.append(bucket.upperBoundNanoseconds)
            counts.append(bucket.count)
        }
    }

    /// How many durations there are.
    public var count: UInt64 {
        counts.reduce(0, +)
    }

    /// The duration that `percent` of 100 do not exceed, nanoseconds: the bucket's upper bound, and never more than the maximum; 0
    /// without durations.
    public func nanoseconds(atPercentile percent: Double) -> UInt64 {
        let rank = max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
        var below: UInt64 = 0
        for (bound, held) in zip(upperBoundsNanoseconds, counts) {
            below += held
            if below >= rank { return min(bound, maxNanoseconds) }
        }
        return maxNanoseconds
    }

    /// The percentiles that every summary shows.
    public var percentiles: Percentiles {
        Percentiles(
            p50Seconds: seconds(50), p90Seconds: seconds(90), p99Seconds: seconds(99), p999Seconds: seconds(99.9),
            p9999Seconds: seconds(99.99), maxSeconds: Double(maxNanoseconds) / 1e9)
    }

    private func seconds(_ percent: Double) -> Double {
        Double(nanoseconds(atPercentile: percent)) / 1e9
    }
}

/// Some points of a distribution of durations, seconds; 0 where there was none.
public struct Percentiles: Codable, Sendable, Equatable {
    public var p50Seconds: Double
    public var p90Seconds: Double
    public var p99Seconds: Double
    /// 99.9 %.
    public var p999Seconds: Double
    /// 99.99 %.
    public var p9999Seconds: Double
    public var maxSeconds: Double

    public init(
        p50Seconds: Double, p90Seconds: Double, p99Seconds: Double, p999Seconds: Double, p9999Seconds: Double,
        maxSeconds: Double
    ) {
        self.p50Seconds = p50Seconds
        self.p90Seconds = p90Seconds
        self.p99Seconds = p99Seconds
        self.p999Seconds = p999Seconds
        self.p9999Seconds = p9999Seconds
        self.maxSeconds = maxSeconds
    }
}
