/// What a token allows its bearer to do.
struct Scope: OptionSet, Sendable {
    let rawValue: UInt8

    /// Reads of deals: health, history, lists.
    static let readDeals = Scope(rawValue: 1)
    /// Events, and so what a deal's score is.
    static let writeEvents = Scope(rawValue: 2)
    /// Everything, the settings of the score too.
    static let admin = Scope(rawValue: 4)

    /// The words of the claim `scope`; a closed set.
    static let words: [(word: String, scope: Scope)] = [
        ("deals:read", .readDeals), ("events:write", .writeEvents), ("admin", .admin),
    ]

    /// Whether who has `self` may do what asks for `needed`.
    func allows(_ needed: Scope) -> Bool {
        contains(.admin) || contains(needed)
    }
}

extension Scope {
    /// The scope of a claim: words with one space between (RFC 8693 §4.2), in UTF-8. Others' words are ignored, since a token may be
    /// for several services.
    init(claim: some Collection<UInt8>) {
        self = []
        for word in claim.split(separator: UInt8(ascii: " ")) {
            if let scope = Scope(word: word) { formUnion(scope) }
        }
    }

    /// The scope that one word names; nil when it names none.
    init?(word: some Collection<UInt8>) {
        guard let known = Self.words.first(where: { $0.word.utf8.elementsEqual(word) }) else { return nil }
        self = known.scope
    }
}
