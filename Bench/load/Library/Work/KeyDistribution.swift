/// Which of the keys 0 … `count` - 1 requests are about.
public enum KeyDistribution: Sendable, Hashable {
    /// Each as often as any other.
    case uniform(count: Int)
    /// The key of rank r (key r - 1) as often as r^-exponent; exponent in (0, 10].
    case zipf(count: Int, exponent: Double)
    /// `share` of the requests, in [0, 1], are about the first `hot` keys, the rest about the others; evenly within both.
    case hotSet(count: Int, hot: Int, share: Double)

    public var count: Int {
        switch self {
        case .uniform(let count), .zipf(let count, _), .hotSet(let count, _, _): count
        }
    }
}

/// Draws keys.
struct KeyPicker {
    private let distribution: KeyDistribution
    private let zipf: ZipfSampler?
    private var random: SeededRandom

    init(_ distribution: KeyDistribution, random: SeededRandom) {
        self.distribution = distribution
        self.random = random
        if case .zipf(let count, let exponent) = distribution {
            zipf = ZipfSampler(count: count, exponent: exponent)
        } else {
            zipf = nil
        }
    }

    /// In [0, count).
    mutating func next() -> Int {
        switch distribution {
        case .uniform(let count):
            Int(random.below(UInt32(count)))
        case .zipf:
            zipf!.next(&random) - 1
        case .hotSet(let count, let hot, let share):
            hot == count || random.unit() <= share
                ? Int(random.below(UInt32(hot))) : hot + Int(random.below(UInt32(count - hot)))
        }
    }
}
