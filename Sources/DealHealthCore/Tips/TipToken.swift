/// One token of a tip's text: a word, an amount, an emoji, or a break. 16 bytes, no reference.
struct TipToken: Sendable, Equatable {
    /// What a token is.
    enum Kind: UInt8, Sendable {
        /// A word, an amount or an emoji; `hash` names it.
        case word
        /// Ends a clause: a comma, colon, bracket or dash.
        case clauseBreak
        /// Ends a sentence: a full stop, exclamation mark, semicolon, ellipsis or line end.
        case sentenceBreak
        /// Ends a question.
        case questionBreak
    }

    /// 64-bit FNV-1a of the normalised word; 0 for breaks. Two words with one hash are read alike; the tables are
    /// checked against it, and whoever forges a collision could as well have written the other word.
    var hash: UInt64
    /// What the token is.
    var kind: Kind
    /// Exclamation marks of a break, [0, 3]: emphasis.
    var exclamations: UInt8 = 0
    /// Where the token ends in the text, in bytes; in an amount with its sign behind it, where the digits end.
    var end: UInt32 = 0
}

extension TipToken {
    /// FNV-1a offset basis and prime, 64 bit (draft-eastlake-fnv).
    static let offsetBasis: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x0000_0100_0000_01b3

    /// Feeds one byte to the hash of a word.
    @inline(__always)
    static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* prime
    }

    /// The hash of a word that is already normalised (lower case, no apostrophes).
    static func hash(of word: some Sequence<UInt8>) -> UInt64 {
        word.reduce(offsetBasis, mix)
    }

    /// The hash of a phrase: its words' hashes chained, so that a prefix of a phrase is a node of its own.
    @inline(__always)
    static func chain(_ prefix: UInt64, _ word: UInt64) -> UInt64 {
        var key = (prefix ^ (word &>> 29) ^ (word &<< 17)) &* 0x9e37_79b9_7f4a_7c15
        key ^= key &>> 32
        return key
    }

    /// Stands for any amount of money: "$10", "£5", "20€".
    static let money = hash(of: "$".utf8)
    /// Stands for any percentage: "15%".
    static let percentage = hash(of: "%".utf8)
    /// Stands for any other number.
    static let number = hash(of: "#".utf8)
}
