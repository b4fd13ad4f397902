/// One hand-labelled tip.
struct TipSample: Sendable, CustomStringConvertible {
    /// What a person reads in the tip.
    enum Label: Sendable {
        /// The deal works.
        case works
        /// It works under conditions.
        case conditional
        /// The deal does not work.
        case fails
        /// No opinion.
        case none
    }

    /// The phenomenon that the tip is an example of.
    var group: String
    /// What a person reads in it.
    var label: Label
    /// The tip.
    var text: String

    /// Named in test output.
    var description: String { "\(group): \(text)" }
}

extension TipSample {
    /// The rows of one phenomenon: one tip a line.
    static func group(_ name: String, _ label: Label, _ lines: String) -> [TipSample] {
        lines.split(separator: "\n").map { TipSample(group: name, label: label, text: String($0)) }
    }

    /// All hand-labelled tips.
    static let all: [TipSample] = opinions + scopes + discourse + fieldPositive + fieldNegative

    private static let opinions: [TipSample] =
        group(
            "plain success", .works,
            """
            works
            Worked for me
            Working as of today
            Code is valid
            legit
            saved me $10
            Saved 15% on my order
            got 20% off
            Got an extra $5 off my cart
            applied fine
            Went through without a hitch
            WORKS!!!
            It took 10% off my total
            just used it, thanks
            Code accepted
            👍
            Worked like a charm
            Worksss
            """)
        + group(
            "plain failure", .fails,
            """
            expired
            Invalid
            Expired. Code not valid.
            dead
            fake
            Total scam
            EXPIRED!!!
            error at checkout
            Code was rejected
            Got an error message when I entered it
            this deal is over
            Sold out
            Offer has ended
            says code has already been used
            👎
            It failed
            waste of time
            Coupon rejected at the register
            No luck
            didnt apply
            Charged me full price
            0% success
            Gave me 0 off
            404
            Only works in your dreams
            """)
        + group(
            "intensifier", .works,
            """
            works great
            still works!!
            works perfectly
            100% legit
            Definitely works
            works every time
            Still valid, so easy
            """)
        + group(
            "sentiment", .works,
            """
            Great deal
            love it
            Awesome, thank you!
            Not bad
            """)
        + group(
            "sentiment", .fails,
            """
            useless
            Terrible
            this is garbage
            not great
            """)
}
