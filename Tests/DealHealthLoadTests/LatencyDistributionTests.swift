import DealHealthLoad
import Testing

@Suite("The distribution in a result")
struct LatencyDistributionTests {
    /// A hundred durations of 1 to 100 ms.
    static let hundred = LatencyDistribution(
        buckets: (1...100).map { (UInt64($0) * 1_000_000, 1) }, minNanoseconds: 1_000_000, maxNanoseconds: 99_500_000,
        meanNanoseconds: 50_500_000)

    @Test(arguments: [(50, 50), (90, 90), (99, 99), (99.5, 99.5), (100, 99.5), (0, 1), (0.5, 1), (50.1, 51)])
    func aPercentileIsTheUpperBoundOfItsBucketAndNeverAboveTheMaximum(percent: Double, milliseconds: Double) {
        #expect(Double(Self.hundred.nanoseconds(atPercentile: percent)) == milliseconds * 1e6)
    }

    @Test func withoutDurationsEverythingIsZero() {
        #expect(LatencyDistribution().nanoseconds(atPercentile: 99) == 0)
        #expect(LatencyDistribution().count == 0)
    }

    @Test func emptyBucketsAreLeftOut() {
        let buckets: [(upperBoundNanoseconds: UInt64, count: UInt64)] = [(1, 0), (2, 3), (5, 0)]
        let distribution = LatencyDistribution(
            buckets: buckets, minNanoseconds: 2, maxNanoseconds: 2, meanNanoseconds: 2)
        #expect(distribution.upperBoundsNanoseconds == [2])
        #expect(distribution.counts == [3])
    }
}
