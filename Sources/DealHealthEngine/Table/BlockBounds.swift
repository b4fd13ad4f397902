import DealHealthCore

/// How well and how badly the deals of one block can rank: one word, as it lies in the table.
///
/// A block-max index (Ding and Suel, "Faster top-k document retrieval using block-max indexes", 2011) over scores that decay: the
/// word holds of an instant, and by `Score.boundDriftMax` of every other, only less sharply.
///
///    0  u16  best       10,000 less the greatest lower bound in hundredths of a point, rounded down
///   16  u16  worst      the least upper bound in hundredths of a point, rounded down
///   32  u30  minute     the instant that both hold at, minutes since 1970
///   62  bit  claimed    a list is scoring the block to sharpen the word
///   63  bit  spoiled    claimed, and a state was published meanwhile
///
/// *Invariant:* at `minute` no published deal of the block has a lower bound above the one, or an upper bound below the other.
/// 0 says nothing, and so is always true.
struct BlockBounds: Equatable {
    private static let hundredthsMax = 10_000.0
    private static let minuteShift = 32
    private static let microsecondsPerMinute: Int64 = 60_000_000
    /// Points that rounding of doubles may come to, and far more.
    private static let roundingSlack = 1e-6

    var word: UInt64

    init(word: UInt64 = 0) {
        self.word = word
    }

    private init(best: UInt64, worst: UInt64, minute: UInt64) {
        word = best | worst << 16 | minute << Self.minuteShift
    }

    /// The bounds of a block whose extremes at `time` are these, in points; nothing known when `time` has no minute.
    ///
    /// - Parameter driftPerDay: the most points that a bound moves in a day.
    init(greatestLower: Double, leastUpper: Double, at time: Timestamp, driftPerDay: Double) {
        guard let minute = Self.minute(of: time) else {
            self.init()
            return
        }
        let drift = driftPerDay * time.days(since: Self.instant(minute)) + Self.roundingSlack
        self.init(
            best: Self.hundredths(100 - greatestLower - drift), worst: Self.hundredths(leastUpper - drift),
            minute: minute)
    }

    private static func hundredths(_ points: Double) -> UInt64 {
        UInt64(max(0, min(points * 100, hundredthsMax)))
    }

    /// The minute that an instant lies in; nil where it does not fit.
    static func minute(of time: Timestamp) -> UInt64? {
        guard time.microseconds >= 0 else { return nil }
        let minute = UInt64(time.microseconds / microsecondsPerMinute)
        return minute < 1 << 30 ? minute : nil
    }

    private static func instant(_ minute: UInt64) -> Timestamp {
        Timestamp(microseconds: Int64(minute) * microsecondsPerMinute)
    }

    private var best: UInt64 { word & 0xffff }
    private var worst: UInt64 { word >> 16 & 0xffff }

    var minute: UInt64 { word >> Self.minuteShift & (1 << 30 - 1) }

    /// Whether the word says nothing, so that it covers every state.
    var isUnknown: Bool { best == 0 && worst == 0 }

    var isClaimed: Bool { word & 1 << 62 != 0 }
    var isSpoiled: Bool { word & 1 << 63 != 0 }

    var claimed: BlockBounds { BlockBounds(word: word | 1 << 62) }
    var spoiled: BlockBounds { BlockBounds(word: word | 1 << 63) }
    var released: BlockBounds { BlockBounds(word: word & (1 << 62 - 1)) }

    /// The same bounds, widened to hold for `state` too.
    func covering(_ state: DealState, settings: ScoringSettings) -> BlockBounds {
        if isUnknown { return self }
        let score = Score(of: state, at: Self.instant(minute), settings: settings)
        var covering = self
        covering.word &= ~0xffff_ffff
        covering.word |= min(best, Self.hundredths(100 - score.lowerBound - Self.roundingSlack))
        covering.word |= min(worst, Self.hundredths(score.upperBound - Self.roundingSlack)) << 16
        return covering
    }

    /// No deal of the block has a lower bound above this at `time`; points.
    func greatestLower(at time: Timestamp, driftPerDay: Double) -> Double {
        100 - Double(best) / 100 + drift(to: time, perDay: driftPerDay)
    }

    /// No deal of the block has an upper bound below this at `time`; points.
    func leastUpper(at time: Timestamp, driftPerDay: Double) -> Double {
        Double(worst) / 100 - drift(to: time, perDay: driftPerDay)
    }

    private func drift(to time: Timestamp, perDay: Double) -> Double {
        perDay * abs(time.days(since: Self.instant(minute))) + Self.roundingSlack
    }
}
