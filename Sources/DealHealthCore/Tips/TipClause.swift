/// The opinions of one clause, and what scales them when it ends.
struct TipClause: Sendable {
    /// Opinions on the state of the deal: it works, it does not.
    var works = PooledOpinions()
    /// See `works`.
    var fails = PooledOpinions()
    /// The part of `fails` that comes from a negated opinion ("not valid"); an exclusion turns it into a condition.
    var denied = PooledOpinions()
    /// Positive and negative sentiment.
    var liked = PooledOpinions()
    /// See `liked`.
    var disliked = PooledOpinions()
    /// What hedges, attribution and other subjects leave of the opinions, (0, 1]; the smallest of them.
    var factor = 1.0
    /// Words so far, leading conjunctions aside.
    var words = 0
    /// Marks read so far.
    var marks: Marks = []

    /// What a clause contains beside opinions.
    struct Marks: OptionSet, Sendable {
        /// The bits.
        let rawValue: UInt16
        /// Past time.
        static let past = Marks(rawValue: 1)
        /// Present time; beats past.
        static let present = Marks(rawValue: 2)
        /// "although".
        static let concession = Marks(rawValue: 4)
        /// "only", "must".
        static let limiter = Marks(rawValue: 8)
        /// Something a condition can concern.
        static let restriction = Marks(rawValue: 16)
        /// An exclusion after a negated opinion.
        static let exclusion = Marks(rawValue: 32)
        /// A condition by itself.
        static let condition = Marks(rawValue: 64)
        /// Starts with an auxiliary verb.
        static let auxiliary = Marks(rawValue: 128)
        /// Comes after "but".
        static let contrast = Marks(rawValue: 256)
        /// "why".
        static let why = Marks(rawValue: 512)
        /// Two negators, or a denial of what was said before: a less sure reading.
        static let intricate = Marks(rawValue: 1024)
        /// "no minimum": says that a condition is absent.
        static let unconditional = Marks(rawValue: 2048)
        /// "everything else": what an earlier failure leaves.
        static let remainder = Marks(rawValue: 4096)
    }

    /// True if the clause says anything that a tally takes.
    var hasState: Bool { works.sum > 0 || fails.sum > 0 }

    /// Adds an opinion on the state of the deal, [-1, 1], positive: it works.
    mutating func state(_ value: Double, isDenied: Bool) {
        if value > 0 {
            works.add(value)
        } else if value < 0 {
            fails.add(-value)
            if isDenied { denied.add(-value) }
        }
    }

    /// Adds a sentiment, [-1, 1].
    mutating func sentiment(_ value: Double) {
        if value > 0 { liked.add(value) } else if value < 0 { disliked.add(-value) }
    }

    /// Lowers the factor to at most `percent`.
    mutating func hedge(_ percent: Int8) {
        factor = min(factor, Double(percent) / 100)
    }

    /// True if the clause states a condition: one by itself, "only" with a restriction or with a positive opinion,
    /// or a denial that concerns an exclusion.
    var statesCondition: Bool {
        marks.contains(.condition) || marks.contains(.exclusion)
            || (marks.contains(.limiter) && (marks.contains(.restriction) || works.sum > 0))
    }

    /// The clause without its denied opinions: they concern what is excluded.
    func withoutDenied() -> TipClause {
        var clause = self
        if denied.sum >= fails.sum { clause.fails = PooledOpinions() }
        return clause
    }
}
