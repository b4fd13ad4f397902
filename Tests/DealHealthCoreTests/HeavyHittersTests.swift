import DealHealthCore
import DealHealthTesting
import Testing

@Suite struct HeavyHittersTests {
    private static let start = Timestamp(microseconds: 1_780_000_000_000_000)

    private static func sketch() -> HeavyHitters {
        HeavyHitters(key: HashKey(k0: 1, k1: 2))
    }

    private static func add(
        _ id: String, _ weight: Double = 1, at time: Timestamp = start, to sketch: inout HeavyHitters
    ) {
        Array(id.utf8).withUnsafeBytes { sketch.add($0, weight: weight, at: time) }
    }

    /// Requests for a deal of count 1, in requests a second.
    private static let one = 0.693_147_180_559_945_3 / HeavyHitters.halfLifeSeconds

    @Test func fewDealsAreCountedExactly() {
        var sketch = Self.sketch()
        for (id, count) in [("a", 3), ("b", 5), ("é", 1)] { for _ in 0..<count { Self.add(id, to: &sketch) } }
        Self.add("", to: &sketch)
        Self.add(String(repeating: "x", count: Limits.dealIDBytesMax + 1), to: &sketch)
        let top = sketch.top(10, at: Self.start)
        #expect(top.map(\.dealID) == ["b", "a", "é"])
        for (entry, count) in zip(top, [5.0, 3, 1]) {
            #expect(abs(entry.perSecond - count * Self.one) < 1e-9 && entry.perSecondMin == entry.perSecond)
        }
        #expect(sketch.top(2, at: Self.start).map(\.dealID) == ["b", "a"])
        #expect(Self.sketch().top(10, at: Self.start).isEmpty)
    }

    /// The guarantee of the paper, against exact counts, on deals as uneven as a sale makes them.
    @Test func countsAreBoundedAndTheFrequentAreThere() {
        var sketch = Self.sketch()
        var exact: [String: Int] = [:]
        var random = SeededGenerator(seed: 11)
        let total = 50_000
        for _ in 0..<total {
            // Zipf of exponent 1, by inverting its continuous form.
            let id = "d\(Int(Double.random(in: 0..<1, using: &random).exponential(base: 20_000)))"
            exact[id, default: 0] += 1
            Self.add(id, to: &sketch)
        }
        let top = sketch.top(HeavyHitters.capacity, at: Self.start)
        #expect(top.count == HeavyHitters.capacity)
        for entry in top {
            let count = Double(exact[entry.dealID] ?? 0) * Self.one
            #expect(entry.perSecondMin <= count + 1e-9 && count <= entry.perSecond + 1e-9, "\(entry.dealID)")
        }
        let found = Set(top.map(\.dealID))
        for (id, count) in exact where count > total / HeavyHitters.capacity { #expect(found.contains(id), "\(id)") }
    }

    @Test func whatIsOverFades() {
        var sketch = Self.sketch()
        Self.add("old", 1_000, to: &sketch)
        let minute = Duration.seconds(60)
        #expect(abs(sketch.top(1, at: Self.start + minute)[0].perSecond - 500 * Self.one) < 1e-6)
        // Past the time at which counts are made relative to a new one, and a clock that is set back.
        let late = Self.start + .seconds(60 * 300)
        Self.add("new", 2, at: late, to: &sketch)
        Self.add("new", 2, at: Self.start, to: &sketch)
        let top = sketch.top(2, at: late)
        #expect(top.map(\.dealID) == ["new", "old"])
        #expect(abs(top[0].perSecond - 4 * Self.one) < 1e-9 && top[1].perSecond < 1e-9)
    }

    @Test func aSteadyStreamHasItsRate() {
        var sketch = Self.sketch()
        for second in 0..<1_200 { Self.add("a", 10, at: Self.start + .seconds(second), to: &sketch) }
        let rate = sketch.top(1, at: Self.start + .seconds(1_200))[0].perSecond
        #expect(abs(rate - 10) < 0.1)
    }
}

extension Double {
    /// base to the power of it, by squaring and dividing: exact enough for a test.
    fileprivate func exponential(base: Double) -> Double {
        var (power, root, rest) = (1.0, base, self)
        for _ in 0..<30 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                power *= root
                rest -= 1
            }
        }
        return power
    }
}
