import Testing

@testable import DealHealthWAL

@Suite struct ReaderAgeTests {
    @Test func ageIsThatOfTheOldestViewSinceItWasFirstSeen() {
        var age = ReaderAge()
        let start = ContinuousClock.now
        #expect(age.observe(nil, at: start) == .zero)
        #expect(age.observe(7, at: start + .seconds(1)) == .zero, "nothing is known of before")
        #expect(age.observe(7, at: start + .seconds(4)) == .seconds(3))
        #expect(age.observe(9, at: start + .seconds(5)) == .zero, "the oldest ended")
        #expect(age.observe(9, at: start + .seconds(6)) == .seconds(1))
        #expect(age.observe(nil, at: start + .seconds(7)) == .zero)
        #expect(age.observe(9, at: start + .seconds(8)) == .zero)
    }
}
