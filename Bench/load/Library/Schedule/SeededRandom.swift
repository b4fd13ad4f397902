/// SplitMix64 (S. Vigna, *prng.di.unimi.it*): a few nanoseconds a number, one seed gives one sequence.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A generator of its own for a part of the run, so that a change to one part leaves the others' draws alone.
    init(seed: UInt64, part: UInt64) {
        var mixed = SeededRandom(seed: seed)
        self.init(seed: mixed.next() ^ (part &* 0x9E37_79B9_7F4A_7C15))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// In (0, 1].
    mutating func unit() -> Double {
        Double((next() >> 11) + 1) * 0x1p-53
    }

    /// In [0, count), uneven by at most count / 2^64 (D. Lemire, *Fast Random Integer Generation in an Interval*).
    mutating func below(_ count: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
