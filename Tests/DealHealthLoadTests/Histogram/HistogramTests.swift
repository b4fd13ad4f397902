import DealHealthLoad
import Testing

struct HistogramTests {
    @Test func countsFollowOneAnotherWithoutAGap() {
        for index in 0..<Histogram.countsCount {
            let low = Histogram.lowerEdge(of: index)
            let high = Histogram.upperEdge(of: index)
            #expect(Histogram.index(of: low) == index)
            #expect(Histogram.index(of: high) == index)
            #expect(low <= high)
            #expect(Double(high - low) <= 0.001 * Double(low), "three significant digits")
        }
        #expect(Histogram.upperEdge(of: Histogram.countsCount - 1) == Histogram.largestNanoseconds)
    }

    @Test func quantilesAreThoseOfTheSortedValues() {
        var random = SystemRandomNumberGenerator()
        var histogram = Histogram()
        var values: [UInt64] = []
        for _ in 0..<20_000 {
            let value = UInt64.random(in: 0..<(1 << UInt64.random(in: 1..<41, using: &random)), using: &random)
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        for share in [0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1] {
            let exact = values[max(0, Int((share * Double(values.count)).rounded(.up)) - 1)]
            let told = histogram.quantile(share)!
            #expect(told >= exact)
            #expect(Double(told - exact) <= 0.001 * Double(exact))
        }
        #expect(histogram.minimum == values.first)
        #expect(histogram.maximum == values.last)
    }

    @Test func mergedHistogramIsTheOneOfAllValues() {
        var (left, right, both) = (Histogram(), Histogram(), Histogram())
        for value in 0..<5_000 as Range<UInt64> {
            value % 3 == 0 ? left.record(value * value) : right.record(value * value)
            both.record(value * value)
        }
        left.merge(right)
        left.merge(Histogram())
        #expect(left.occupied.map(\.index) == both.occupied.map(\.index))
        #expect(left.occupied.map(\.count) == both.occupied.map(\.count))
        #expect(left.total == both.total)
        #expect(left.maximum == both.maximum)
        #expect(left.sum == both.sum)
    }

    @Test func valueBeyondTheRangeCountsInTheLastStep() {
        var histogram = Histogram()
        histogram.record(.max)
        #expect(histogram.occupied.map(\.index) == [Histogram.countsCount - 1])
        #expect(histogram.maximum == .max)
        histogram.reset()
        #expect(histogram == Histogram())
    }

    @Test func histogramComesBackFromItsOccupiedSteps() throws {
        var histogram = Histogram()
        for value in [3, 70_000, 70_000, 1_000_000_000] as [UInt64] { histogram.record(value) }
        let steps = histogram.occupied
        let again = try #require(
            Histogram(
                occupied: steps, minimum: histogram.minimum, maximum: histogram.maximum, sum: histogram.sum))
        #expect(again == histogram)
        #expect(Histogram(occupied: steps, minimum: 4, maximum: histogram.maximum, sum: 0) == nil)
        #expect(Histogram(occupied: steps.reversed(), minimum: 3, maximum: 1_000_000_000, sum: 0) == nil)
        #expect(Histogram(occupied: [(-1, 1)], minimum: nil, maximum: nil, sum: 0) == nil)
    }
}
