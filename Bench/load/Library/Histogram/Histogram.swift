/// How often each duration was seen, with three significant digits: an HDR histogram (G. Tene, HdrHistogram, *HistogramCounts*).
///
/// Values are nanoseconds in [0, 2^42), about 73 minutes; larger ones count as the largest. Below 2,048 each value has a count of
/// its own; above, each power of two is cut into 1,024 equal steps, so that a value is known within 0.1 %. The exact extremes are
/// kept beside the counts. 258 KiB, whatever was recorded. Histograms of equal layout (all are) merge by addition.
public struct Histogram: Sendable, Equatable {
    /// Steps per power of two, log2.
    private static let stepBits = 10
    private static let steps = 1 << stepBits
    /// Values have at most so many bits.
    private static let valueBits = 42
    /// The largest value that is told from others.
    public static let largestNanoseconds: UInt64 = 1 << UInt64(valueBits) - 1
    /// How many counts there are.
    public static let countsCount = (valueBits - stepBits + 1) * steps

    /// By `index(of:)`.
    private var counts: [UInt64]
    /// *Invariant:* the sum of `counts`.
    public private(set) var total: UInt64 = 0
    /// Exact; nil while nothing was recorded.
    public private(set) var minimum: UInt64?
    /// Exact; nil while nothing was recorded.
    public private(set) var maximum: UInt64?
    /// The sum of all values, for the mean; nanoseconds.
    public private(set) var sum: Double = 0

    public init() {
        counts = Array(repeating: 0, count: Self.countsCount)
    }

    public var isEmpty: Bool { total == 0 }

    /// Nil while nothing was recorded; nanoseconds.
    public var mean: Double? { total == 0 ? nil : sum / Double(total) }

    // MARK: recording

    /// O(1), no allocation.
    public mutating func record(_ nanoseconds: UInt64) {
        let value = Swift.min(nanoseconds, Self.largestNanoseconds)
        counts[Self.index(of: value)] += 1
        note(count: 1, lowest: nanoseconds, highest: nanoseconds)
        sum += Double(nanoseconds)
    }

    /// Adds what `other` has seen. O(the counts between its extremes).
    public mutating func merge(_ other: Histogram) {
        guard let low = other.minimum, let high = other.maximum else { return }
        for index in Self.index(of: low)...Self.index(of: high) { counts[index] += other.counts[index] }
        note(count: other.total, lowest: low, highest: high)
        sum += other.sum
    }

    /// Forgets everything. O(the counts between the extremes), no allocation.
    public mutating func reset() {
        guard let minimum, let maximum else { return }
        for index in Self.index(of: minimum)...Self.index(of: maximum) { counts[index] = 0 }
        (self.minimum, self.maximum, total, sum) = (nil, nil, 0, 0)
    }

    private mutating func note(count: UInt64, lowest: UInt64, highest: UInt64) {
        total += count
        minimum = Swift.min(minimum ?? lowest, lowest)
        maximum = Swift.max(maximum ?? highest, highest)
    }

    // MARK: reading

    /// The least recorded value that at least this share of all recorded values does not exceed, as the upper edge of its step,
    /// never above the exact maximum; nil while nothing was recorded.
    ///
    /// - Parameter share: in [0, 1]; 0.99 for p99.
    public func quantile(_ share: Double) -> UInt64? {
        precondition((0...1).contains(share), "a share is in [0, 1]")
        guard let minimum, let maximum else { return nil }
        let wanted = Swift.max(1, UInt64((share * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for index in Self.index(of: minimum)...Self.index(of: maximum) {
            seen += counts[index]
            if seen >= wanted { return Swift.min(Self.upperEdge(of: index), maximum) }
        }
        return maximum
    }

    /// The steps that hold any value, in rising order: index and count. With the extremes and the sum, all of the histogram.
    public var occupied: [(index: Int, count: UInt64)] {
        guard let minimum, let maximum else { return [] }
        return (Self.index(of: minimum)...Self.index(of: maximum)).compactMap { index in
            counts[index] == 0 ? nil : (index, counts[index])
        }
    }

    /// The histogram of which `occupied` and the rest were told; nil when they contradict each other.
    ///
    /// - Parameter occupied: in strictly rising order of index.
    public init?(
        occupied: [(index: Int, count: UInt64)], minimum: UInt64?, maximum: UInt64?, sum: Double
    ) {
        self.init()
        var previous = -1
        for (index, count) in occupied {
            guard index > previous, index < Self.countsCount, count > 0 else { return nil }
            let (total, overflow) = self.total.addingReportingOverflow(count)
            guard !overflow else { return nil }
            counts[index] = count
            self.total = total
            previous = index
        }
        guard minimum.map(Self.index(of:)) == occupied.first?.index else { return nil }
        guard maximum.map(Self.index(of:)) == occupied.last?.index else { return nil }
        (self.minimum, self.maximum, self.sum) = (minimum, maximum, sum)
    }

    // MARK: layout

    /// Which count a value belongs to.
    public static func index(of nanoseconds: UInt64) -> Int {
        let value = Swift.min(nanoseconds, largestNanoseconds)
        // The power of two above the first 2,048 values, whose shift is 0.
        let shift = Swift.max(0, 63 - (value | 1).leadingZeroBitCount - stepBits)
        return shift << stepBits + Int(value >> UInt64(shift))
    }

    /// The largest value that belongs to a count; nanoseconds.
    public static func upperEdge(of index: Int) -> UInt64 {
        lowerEdge(of: index + 1) - 1
    }

    /// The smallest value that belongs to a count; nanoseconds.
    public static func lowerEdge(of index: Int) -> UInt64 {
        let shift = Swift.max(0, index >> stepBits - 1)
        return UInt64(index - shift << stepBits) << UInt64(shift)
    }
}
