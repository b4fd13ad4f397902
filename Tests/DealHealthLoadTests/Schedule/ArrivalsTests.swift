import Testing

@testable import DealHealthLoad

/// The planned instants are those of the schedule's rates.
struct ArrivalsTests {
    private static func instants(
        _ segments: [Segment], _ spacing: Spacing, threads: Int = 1, seed: UInt64 = 1
    ) -> [UInt64] {
        let schedule = Schedule(phases: [Phase(name: "main", segments: segments)])
        return (0..<threads).flatMap { thread in
            var arrivals = Arrivals(schedule: schedule, spacing: spacing, thread: thread, of: threads, seed: seed)
            return Array(sequence(state: ()) { _ in arrivals.next() })
        }.sorted()
    }

    @Test func evenArrivalsOfAllThreadsHaveEqualGaps() {
        let instants = Self.instants([Segment(seconds: 2, rate: 100)], .even, threads: 3)
        #expect(instants.count == 200)
        let gaps = zip(instants.dropFirst(), instants).map { $0 - $1 }
        #expect(gaps.allSatisfy { abs(Int64($0) - 10_000_000) <= 10 })
    }

    @Test func evenArrivalsFollowAChangingRateExactly() {
        // 0 to 100 a second in 2 s: the integral is 25 t², so arrival k + ½ is at √((k + ½) / 25).
        let instants = Self.instants([Segment(seconds: 2, startRate: 0, endRate: 100)], .even)
        #expect(instants.count == 100)
        for (index, instant) in instants.enumerated() {
            #expect(abs(Double(instant) / 1e9 - ((Double(index) + 0.5) / 25).squareRoot()) < 1e-8)
        }
    }

    @Test func poissonArrivalsHaveTheRateAndSpreadOfTheirProcess() {
        let instants = Self.instants([Segment(seconds: 100, rate: 1_000)], .poisson, threads: 4)
        // 100,000 expected, with a standard deviation of 316.
        #expect(abs(instants.count - 100_000) < 5 * 316)
        let gaps = zip(instants.dropFirst(), instants).map { Double($0 - $1) / 1e6 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(variance / (mean * mean) - 1) < 0.05, "exponential gaps vary by their mean")
    }

    @Test func spikeHasItsFactorTimesTheArrivals() {
        let segments = Phase.spike(base: 100, factor: 50, between: 10..<20, seconds: 30)
        let instants = Self.instants(segments, .poisson)
        let inSpike = instants.count { (10_000_000_000..<20_000_000_000).contains($0) }
        #expect(abs(inSpike - 50_000) < 5 * 224)
        #expect(abs(instants.count - inSpike - 2_000) < 5 * 45)
    }

    @Test func sameSeedIsTheSameScheduleAndAnotherIsNot() {
        let segments = Phase.sawtooth(from: 10, to: 500, period: 3, seconds: 10)
        #expect(Self.instants(segments, .poisson) == Self.instants(segments, .poisson))
        #expect(Self.instants(segments, .poisson) != Self.instants(segments, .poisson, seed: 2))
    }

    @Test func silenceBetweenArrivalsIsPassedOver() {
        let segments = [Segment(seconds: 1, rate: 10), Segment(seconds: 5, rate: 0), Segment(seconds: 1, rate: 10)]
        let instants = Self.instants(segments, .even)
        #expect(instants.count == 20)
        #expect(!instants.contains { (1_000_000_000..<6_000_000_000).contains($0) })
    }

    @Test func dayCurveHasTheDaysArrivalsTimesAFactor() throws {
        let curve = try DayCurve(csv: "hour,share\n0,1\n1,3\n", name: "day.csv")
        let phase = Phase(name: "day", segments: curve.segments(mean: 100, seconds: 10))
        #expect(phase.arrivals == 1_000)
        #expect(phase.segments.map(\.startRate) == [50, 150])
    }
}
