import DealHealthLoad
import Testing

/// The search finds the limit of whatever holds up to one.
struct SaturationSearchTests {
    private static func found(limit: Double, lowest: Double = 10, highest: Double = 100_000) -> SaturationSearch {
        var search = SaturationSearch(lowest: lowest, highest: highest, precision: 1.05)
        var tries = 0
        while let rate = search.nextRate, tries < 100 {
            search.note(held: rate <= limit)
            tries += 1
        }
        return search
    }

    @Test(arguments: [10.0, 11, 333, 12_345, 99_999])
    func limitIsFoundWithinThePrecision(limit: Double) throws {
        let held = try #require(Self.found(limit: limit).highestHeld)
        #expect(held <= limit)
        #expect(held * 1.05 >= limit)
    }

    @Test func lowestThatDoesNotHoldIsNoLimit() {
        #expect(Self.found(limit: 9).highestHeld == nil)
    }

    @Test func nothingAboveTheHighestIsTried() {
        let search = Self.found(limit: 1e9, highest: 700)
        #expect(search.highestHeld == 700)
        #expect(search.lowestFailed == nil)
    }

    @Test func oneHiccupIsNoLimit() {
        var search = SaturationSearch(lowest: 10, highest: 40, precision: 1.05)
        for held in [true, false, true, true] { search.note(held: held) }
        #expect(search.nextRate == nil)
        #expect(search.highestHeld == 40)
    }
}
