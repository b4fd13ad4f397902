import Testing

@testable import DealHealthLoad

@Suite("Axes of plots")
struct PlotAxisTests {
    @Test(arguments: [0, 0.3, 1, 7, 399.9, 20_000, 123_456_789])
    func aLinearAxisTakesInItsLargestValueWithFewTicks(largest: Double) {
        let axis = PlotAxis.linear(to: largest) { "\($0)" }
        #expect(axis.lower == 0)
        #expect(axis.upper >= largest && axis.upper <= max(2 * largest, 1))
        #expect((2...6).contains(axis.ticks.count))
        #expect(axis.ticks.last?.value == axis.upper)
    }

    @Test(arguments: [(200e-6, 400e-6), (1e-3, 1e-3), (90e-6, 1.2), (0, 0), (5e-9, 600), (0.1, 0.100_1)])
    func aDurationAxisTakesInBothEnds(smallest: Double, largest: Double) {
        let axis = PlotAxis.durations(from: smallest, to: largest)
        #expect(axis.isLogarithmic)
        #expect(axis.lower <= max(smallest, 1e-9) && axis.upper >= largest)
        #expect((2...12).contains(axis.ticks.count), "\(axis.ticks.map(\.label))")
        #expect(axis.ticks.allSatisfy { (axis.lower * 0.999...axis.upper * 1.001).contains($0.value) })
    }

    @Test func eachPowerOfTenTakesAsMuchRoom() {
        let axis = PlotAxis.durations(from: 1e-6, to: 1)
        #expect(axis.ticks.map(\.label) == ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"])
        #expect(abs(axis.position(1e-3) - 0.5) < 1e-9)
        #expect(axis.position(1e-9) == 0)
        #expect(axis.position(10) == 1)
    }

    @Test(arguments: [1, 59, 120, 3_600, 86_400, 604_800.0])
    func aTimeAxisEndsWithTheRun(seconds: Double) {
        let axis = PlotAxis.time(seconds)
        #expect(axis.upper == seconds)
        #expect((1...8).contains(axis.ticks.count))
    }
}
