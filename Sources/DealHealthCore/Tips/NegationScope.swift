/// The scope of a negator: from the word after it to the first opinion, at most `reach` words, within one clause.
struct NegationScope: Sendable {
    /// Words a negator reaches: "don't think this promo code still works" needs six.
    static let reach = 6
    /// Words after a negated opinion in which a sentiment still belongs to it ("doesn't work great").
    static let echo = 2
    /// Words after a bare negator that leave it bare ("it didn't for me either").
    static let ellipsisReach = 4

    /// The negator that opened the scope.
    private(set) var negator = TipSense.role(.filler)
    /// Words since the negator; moves with every word.
    private(set) var age = 0
    /// The word before the negator was "i".
    private(set) var isFirstPerson = false
    /// Words since the scope was used up; `Int.max` if it was not.
    private var ageOfUse = Int.max
    /// Parity of the negators: two cancel out.
    private var isOdd = false
    private var isOpen = false
    /// A word with a meaning of its own followed: the negator is about that word, not about the deal.
    private(set) var sawContent = false

    /// An opinion right here would be negated.
    var isActive: Bool { isOpen && isOdd && age <= Self.reach }
    /// Within the scope, whatever the parity.
    var isPending: Bool { isOpen && age <= Self.reach }
    /// Two or more negators met.
    private(set) var isDouble = false
    /// A negated opinion came just before.
    var isEchoing: Bool { ageOfUse <= Self.echo }

    /// A negator was read: opens a scope, or flips the one that is still open.
    mutating func open(_ sense: TipSense, isFirstPerson: Bool) {
        isDouble = isPending
        isOdd = isPending ? !isOdd : true
        (negator, age, ageOfUse, isOpen, sawContent) = (sense, 0, .max, true, false)
        self.isFirstPerson = isFirstPerson
    }

    /// One more word was read.
    mutating func advance(isContent: Bool) {
        age += 1
        if ageOfUse < .max { ageOfUse += 1 }
        if isContent { sawContent = true }
    }

    /// An opinion used the scope up.
    mutating func use() {
        guard isPending else { return }
        (isOpen, ageOfUse) = (false, 0)
    }

    /// "or": the last negation goes on ("not valid or working").
    mutating func resume() {
        if ageOfUse <= NegationScope.echo { (isOpen, age) = (true, NegationScope.echo) }
    }

    /// Ends the scope.
    mutating func close() {
        (isOpen, ageOfUse, isDouble) = (false, .max, false)
    }
}
