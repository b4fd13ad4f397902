/// What a word or phrase contributes to the reading of a tip: a role and two values. 4 bytes.
struct TipSense: Sendable, Equatable {
    /// The part a phrase plays.
    enum Role: UInt8, Sendable {
        /// Means nothing by itself, and may follow a bare negator ("it didn't *for me*").
        case filler
        /// A prefix of a phrase, no phrase itself; read as an unknown word.
        case prefix
        /// An opinion about the state of the deal.
        case state
        /// A general sentiment: supports a state opinion, or is a weak opinion of its own.
        case sentiment
        /// Negates the first opinion in its scope; `affirmed` is its value when nothing follows it.
        case negator
        /// Strengthens the opinion beside it.
        case intensifier
        /// Weakens the opinions of its clause to `affirmed` percent: doubt, reported speech, another subject.
        case hedge
        /// Ends a clause and outweighs what came before ("but").
        case contrast
        /// Makes its clause outweighed by the others ("although").
        case concession
        /// Makes the opinions right after it hypothetical ("if").
        case hypothetical
        /// Starts a gain ("got"), completed by a payoff ("off"); values as of the completed gain.
        case gain
        /// Completes a gain; `negated` holds also without a gain verb ("no discount").
        case payoff
        /// Needs a restriction in its clause to be a condition ("only").
        case limiter
        /// Whom or what a condition can concern ("new customers").
        case restriction
        /// A restriction that also excludes: "doesn't work on *sale items*" is a condition, not a failure.
        case exclusion
        /// A condition by itself ("minimum").
        case condition
        /// Puts its clause in the past ("last week").
        case past
        /// Puts its clause in the present ("now").
        case present
        /// An auxiliary verb: at the start of a clause before a subject it asks ("does this …").
        case auxiliary
        /// A subject or object that an auxiliary asks about ("it", "code").
        case subject
        /// Starts a question ("anyone tried").
        case question
        /// "why": a question that presupposes a failure.
        case why
        /// Lets the previous negation go on ("or").
        case alternative
        /// Ends the scope of negation ("and", "because").
        case conjunction
        /// What a failure leaves ("everything else"): an opinion on it makes that failure an exclusion.
        case remainder
    }

    /// What a negator or an opinion needs.
    struct Flags: OptionSet, Sendable {
        /// The bits.
        let rawValue: UInt8
        /// A verbal negator ("didn't", "isn't"): with nothing after it, it denies what was said before.
        static let verbal = Flags(rawValue: 1)
        /// A negator of ability ("can't").
        static let ability = Flags(rawValue: 2)
        /// An opinion that only a negator of ability brings about ("can't *use*", but not "didn't use").
        static let needsAbility = Flags(rawValue: 4)
        /// "no": a determiner, or an answer when a subject follows ("no it doesn't").
        static let determiner = Flags(rawValue: 8)
        /// Also puts its clause in the present ("no longer").
        static let present = Flags(rawValue: 16)
        /// An opinion that also reverses its clause ("worked great *until yesterday*").
        static let reversal = Flags(rawValue: 32)
        /// A condition only when negated ("can't be *combined*").
        static let needsNegation = Flags(rawValue: 64)
        /// Followed by the day on which the deal ends.
        static let endDate = Flags(rawValue: 128)
    }

    /// The part it plays.
    var role: Role
    /// Percent, [-100, 100]: the opinion when affirmed (positive: the deal works). In a part of a condition, its kind.
    var affirmed: Int8 = 0
    /// Percent, [-100, 100]: the opinion when negated.
    var negated: Int8 = 0
    /// See `Flags`.
    var flags: Flags = []

    /// A state opinion.
    static func state(_ affirmed: Int8, _ negated: Int8, _ flags: Flags = []) -> TipSense {
        TipSense(role: .state, affirmed: affirmed, negated: negated, flags: flags)
    }
    /// A sentiment; negated, it is the opposite, a little weaker.
    static func sentiment(_ affirmed: Int8) -> TipSense {
        TipSense(role: .sentiment, affirmed: affirmed, negated: -affirmed / 4 * 3)
    }
    /// A negator; `alone` is its value when nothing follows it.
    static func negator(_ alone: Int8, _ flags: Flags = []) -> TipSense {
        TipSense(role: .negator, affirmed: alone, flags: flags)
    }
    /// A hedge that leaves `percent` of the clause's opinions.
    static func hedge(_ percent: Int8) -> TipSense {
        TipSense(role: .hedge, affirmed: percent)
    }
    /// A part of a condition: a limiter, restriction, exclusion or condition that concerns `kind`.
    static func role(_ role: Role, _ kind: TipCondition.Kind, _ flags: Flags = []) -> TipSense {
        TipSense(role: role, affirmed: Int8(kind.rawValue), flags: flags)
    }
    /// The kind that a part of a condition concerns; nil if it may be any.
    var conditionKind: TipCondition.Kind? { TipCondition.Kind(rawValue: UInt8(max(affirmed, 0))) }
    /// A role without values.
    static func role(_ role: Role) -> TipSense {
        TipSense(role: role)
    }
}
