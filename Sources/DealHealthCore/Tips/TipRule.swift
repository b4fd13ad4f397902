/// One row of the tables: phrases that share a sense.
struct TipRule: Sendable {
    /// What each of the phrases contributes.
    var sense: TipSense
    /// Phrases separated by ", "; words by one space, in lower case without apostrophes. `$`, `%` and `#` stand for
    /// any amount of money, percentage and other number.
    var phrases: String

    /// Creates a row.
    init(_ sense: TipSense, _ phrases: String) {
        self.sense = sense
        self.phrases = phrases
    }
}
