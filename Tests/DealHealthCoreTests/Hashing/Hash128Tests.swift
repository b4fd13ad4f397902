import DealHealthCore
import DealHealthTesting
import Testing

/// Addition of 128-bit hashes is addition modulo 2^128.
struct Hash128Tests {
    @Test func sumCarriesFromLowToHigh() {
        #expect(sum(Hash128(low: .max, high: 0), Hash128(low: 1, high: 0)) == Hash128(low: 0, high: 1))
        #expect(sum(Hash128(low: .max, high: 5), Hash128(low: .max, high: 7)) == Hash128(low: .max - 1, high: 13))
    }

    @Test func sumWithoutOverflowDoesNotCarry() {
        #expect(sum(Hash128(low: .max - 1, high: 2), Hash128(low: 1, high: 3)) == Hash128(low: .max, high: 5))
    }

    @Test func sumPastTheTopWrapsAround() {
        #expect(sum(Hash128(low: .max, high: .max), Hash128(low: 1, high: 0)) == Hash128(low: 0, high: 0))
    }

    @Test func sumOfRandomValuesEqualsUInt128AndIsOrderFree() {
        var generator = SeededGenerator(seed: 128)
        for _ in 0..<500 {
            let hashes = (0..<4).map { _ in Hash128(low: generator.next(), high: generator.next()) }
            let expected = hashes.reduce(UInt128(0)) { $0 &+ (UInt128($1.high) << 64 | UInt128($1.low)) }
            let forward = hashes.reduce(Hash128(low: 0, high: 0), sum)
            let backward = hashes.reversed().reduce(Hash128(low: 0, high: 0), sum)
            #expect(forward == backward)
            #expect(UInt128(forward.high) << 64 | UInt128(forward.low) == expected)
        }
    }

    @Test func equalityTakesBothHalves() {
        let hash = Hash128(low: 1, high: 2)
        #expect(hash != Hash128(low: 1, high: 3))
        #expect(hash != Hash128(low: 3, high: 2))
    }

    private func sum(_ lhs: Hash128, _ rhs: Hash128) -> Hash128 {
        var sum = lhs
        sum &+= rhs
        return sum
    }
}
