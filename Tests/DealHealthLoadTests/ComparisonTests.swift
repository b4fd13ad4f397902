import DealHealthLoad
import Testing

@Suite("Two results side by side")
struct ComparisonTests {
    @Test func equalResultsHaveRatiosOfOne() {
        let comparison = Comparison(SampleResult.plain, SampleResult.plain)
        #expect(comparison.rows.allSatisfy { $0.ratio == 1 })
        #expect(comparison.warnings.isEmpty)
    }

    @Test func slowerIsAboveOneAndFewerPerSecondToo() throws {
        var second = SampleResult.plain
        second.total.responseTimePercentiles.p99Seconds *= 4
        second.total.completed /= 2
        let comparison = Comparison(SampleResult.plain, second)
        let ratios = Dictionary(uniqueKeysWithValues: comparison.rows.map { ($0.name, $0.ratio) })
        #expect(ratios["total p99"] == 4)
        #expect(ratios["total completed per second"] == 2)
        #expect(comparison.worst?.name == "total p99")
    }

    /// One failure in a hundred where there was none is eleven times as bad, not infinitely.
    @Test func errorsFromNothingAreJudgedByTheirShare() throws {
        var second = SampleResult.plain
        second.total.timeouts = 1
        second.total.completed = 99
        let comparison = Comparison(SampleResult.plain, second)
        let row = try #require(comparison.rows.first { $0.name == "total error rate" })
        #expect(abs(row.ratio - 11) < 1e-9)
    }

    @Test func nothingCompletedIsInfinitelyWorse() {
        var second = SampleResult.plain
        second.total.completed = 0
        #expect(Comparison(SampleResult.plain, second).worst?.ratio == .infinity)
    }

    @Test func theMaximumIsShownAndNotJudged() {
        var second = SampleResult.plain
        second.total.responseTimePercentiles.maxSeconds *= 100
        #expect(Comparison(SampleResult.plain, second).worst?.ratio == 1)
    }

    @Test func whatIsHardToCompareIsSaid() {
        var second = SampleResult.plain
        second.scenario = "steady"
        second.generator = GeneratorHealth(
            cpuShare: 1, cpuSeconds: 1, lateness: second.generator.lateness, reasons: ["late"])
        #expect(Comparison(SampleResult.plain, second).warnings.count == 2)
    }
}
