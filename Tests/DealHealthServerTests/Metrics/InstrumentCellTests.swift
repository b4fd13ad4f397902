import CoreMetrics
import Testing

@testable import DealHealthServer

/// The values themselves: what counts, and what is ignored.
@Suite struct InstrumentCellTests {
    private let id = SeriesID(name: "m", dimensions: [])

    @Test func counterIgnoresWhatWouldLowerOrSpoilIt() {
        let cell = CounterCell(id: id)
        cell.increment(by: 5 as Int64)
        cell.increment(by: -3 as Int64)
        for amount in [-1.5, .nan, .infinity, -.infinity] { cell.increment(by: amount) }
        #expect(cell.text == "5")
        cell.increment(by: 0.5)
        #expect(cell.text == "5.5")
        cell.increment(by: Double.greatestFiniteMagnitude)
        cell.increment(by: Double.greatestFiniteMagnitude)
        #expect(cell.text == "1.7976931348623157e+308")
        cell.reset()
        #expect(cell.text == "0")
    }

    @Test func counterStaysExactBeyondDoubles() {
        let cell = CounterCell(id: id)
        cell.increment(by: 9_007_199_254_740_993 as Int64)
        #expect(cell.text == "9007199254740993")
    }

    @Test func advancedCounterNeverFalls() {
        let cell = CounterCell(id: id)
        for total in [3.5, 2, .nan, .infinity, 4] { cell.advance(to: total) }
        #expect(cell.text == "4")
    }

    @Test func gaugeIgnoresNaNAndKeepsInfinity() {
        let cell = GaugeCell(id: id)
        cell.set(2.5)
        cell.set(Double.nan)
        cell.record(Double.nan)
        cell.increment(by: .nan)
        #expect(cell.text == "2.5")
        cell.decrement(by: 4)
        #expect(cell.text == "-1.5")
        cell.set(Double.infinity)
        cell.decrement(by: .infinity)
        #expect(cell.text == "+Inf")
    }

    @Test func histogramCountsABoundInItsBucket() {
        let cell = HistogramCell(id: id, buckets: HistogramBuckets([1, 2]))
        for value in [-1, 1, 1.000_1, 2, 2.5] { cell.record(value) }
        cell.record(7 as Int64)
        #expect(cell.cumulativeCounts() == [2, 4, 6])
        #expect(cell.sumText == "12.5001")
    }

    @Test func histogramIgnoresWhatWouldSpoilTheSum() {
        let cell = HistogramCell(id: id, buckets: HistogramBuckets([1]))
        for value in [Double.nan, .infinity, -.infinity] { cell.record(value) }
        #expect(cell.cumulativeCounts() == [0, 0])
        #expect(cell.sumText == "0")
    }

    @Test func timerRecordsSecondsAndNoNegativeOnes() {
        let cell = HistogramCell(id: id, buckets: .seconds)
        cell.recordNanoseconds(1_500_000_000)
        cell.recordNanoseconds(-5)
        #expect(cell.sumText == "1.5")
        #expect(cell.cumulativeCounts().first == 1)
        #expect(cell.cumulativeCounts().last == 2)
    }

    @Test func bucketsFollowTheUnit() {
        #expect(HistogramBuckets.fallback(for: "a_seconds") == .seconds)
        #expect(HistogramBuckets.fallback(for: "a_bytes") == .bytes)
        #expect(HistogramBuckets.fallback(for: "a_events") == .counts)
        #expect(HistogramBuckets.seconds.bounds.contains(0.5))
        #expect(HistogramBuckets.bytes.bounds.last == 67_108_864)
    }
}
