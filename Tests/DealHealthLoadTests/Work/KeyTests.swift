import Testing

@testable import DealHealthLoad

/// Keys come as often as their distribution says.
struct KeyTests {
    private static func counts(_ distribution: KeyDistribution, draws: Int) -> [Int] {
        var picker = KeyPicker(distribution, random: SeededRandom(seed: 7))
        var counts = Array(repeating: 0, count: distribution.count)
        for _ in 0..<draws { counts[picker.next()] += 1 }
        return counts
    }

    /// Within six standard deviations of a Poisson count.
    private static func isLikely(_ count: Int, expected: Double) -> Bool {
        abs(Double(count) - expected) < 6 * expected.squareRoot() + 1
    }

    @Test(arguments: [0.5, 0.99, 1.0, 1.1, 2.0])
    func zipfRanksHaveTheirShares(exponent: Double) {
        let counts = Self.counts(.zipf(count: 100, exponent: exponent), draws: 200_000)
        let weights = (1...100).map { 1 / Self.power(Double($0), exponent) }
        let total = weights.reduce(0, +)
        for (count, weight) in zip(counts, weights) {
            #expect(Self.isLikely(count, expected: 200_000 * weight / total))
        }
    }

    private static func power(_ base: Double, _ exponent: Double) -> Double {
        var generalised = 1.0
        // base^(exponent) by whole and half powers and the rest by squaring roots: no library needed for 16 binary places.
        var (whole, root) = (exponent, base)
        while whole >= 1 {
            generalised *= base
            whole -= 1
        }
        for _ in 0..<40 {
            root = root.squareRoot()
            whole *= 2
            if whole >= 1 {
                generalised *= root
                whole -= 1
            }
        }
        return generalised
    }

    @Test func uniformKeysAreEquallyFrequent() {
        for count in Self.counts(.uniform(count: 50), draws: 100_000) {
            #expect(Self.isLikely(count, expected: 2_000))
        }
    }

    @Test func hotSetHasItsShare() {
        let counts = Self.counts(.hotSet(count: 100, hot: 10, share: 0.9), draws: 100_000)
        #expect(Self.isLikely(counts[..<10].reduce(0, +), expected: 90_000))
        #expect(counts[10...].allSatisfy { $0 > 0 })
    }

    @Test func oneKeyIsAlwaysTheSame() {
        #expect(Self.counts(.zipf(count: 1, exponent: 1), draws: 100) == [100])
        #expect(Self.counts(.hotSet(count: 1, hot: 1, share: 0.5), draws: 100) == [100])
    }

    @Test func nameIsPaddedToItsPattern() throws {
        let name = try #require(KeyName("deal-###.x"))
        #expect(name.text(of: 7) == "deal-007.x")
        #expect(name.text(of: 12_345) == "deal-12345.x")
        #expect(KeyName("deal") == nil)
        #expect(KeyName("a#b#") == nil)
        #expect(KeyName("deal/#") == nil)
    }
}
