/// Collects the conditions that a text states, beside the reading of its opinion.
///
/// The reader notes each term with a kind; when the clause ends, it says whether the terms hold.
struct TipConditionNotes {
    /// One term of the clause being read.
    private struct Note {
        var kind: TipCondition.Kind
        /// A condition only if its clause states one ("app" beside "only").
        var isDependent: Bool
        /// The tokens of the term.
        var term: Range<Int>
    }

    /// Tokens after a term, and before it, in which its amount is looked for ("minimum order is $50", "$50 min").
    private static let amountReach = 4

    private let text: UnsafeRawBufferPointer
    private let tokens: UnsafeBufferPointer<TipToken>
    private var notes: [Note] = []
    /// What the finished clauses state. *Invariant:* no kind twice.
    private var found: [TipCondition] = []

    /// Both are borrowed and MUST outlive the notes.
    init(text: UnsafeRawBufferPointer, tokens: UnsafeBufferPointer<TipToken>) {
        self.text = text
        self.tokens = tokens
    }

    /// The conditions found; `.other` only if there is nothing that has a name.
    var conditions: [TipCondition] {
        let named = found.filter { $0.kind != .other }
        return named.isEmpty ? found : named
    }

    /// A term of the clause concerns a condition of `kind`.
    mutating func note(_ kind: TipCondition.Kind, isDependent: Bool, term: Range<Int>) {
        notes.append(Note(kind: kind, isDependent: isDependent, term: term))
    }

    /// The clause ends. `statesCondition`: its dependent terms hold; `isAsserted`: it is no question.
    mutating func finishClause(isAsserted: Bool, statesCondition: Bool) {
        defer { notes.removeAll(keepingCapacity: true) }
        guard isAsserted else { return }
        let holding = notes.filter { statesCondition || !$0.isDependent }
        // "Excludes sale items" is about sale items: the verb by itself adds nothing. And what does not stack with a
        // sale may well be used on sale items, by itself.
        let isNamed = holding.contains { $0.kind != .exclusion && $0.kind != .other }
        let isAboutStacking = holding.contains { $0.kind == .notCombinable }
        for note in holding {
            if isNamed, note.kind == .exclusion || note.kind == .other { continue }
            if isAboutStacking, note.kind == .excludesSale { continue }
            if found.contains(where: { $0.kind == note.kind }) { continue }
            let amount = note.kind.hasAmount ? amount(near: note.term) : nil
            found.append(TipCondition(kind: note.kind, amount: amount, words: words(around: note.term)))
        }
    }

    /// The amount in a term, else the next one after it, else the last one before it; none across a sentence's end.
    private func amount(near term: Range<Int>) -> Double? {
        for index in term.lowerBound..<min(term.upperBound + Self.amountReach, tokens.count) {
            if tokens[index].kind == .sentenceBreak || tokens[index].kind == .questionBreak { break }
            if let value = amount(at: index) { return value }
        }
        for index in (max(term.lowerBound - Self.amountReach, 0)..<term.lowerBound).reversed() {
            if tokens[index].kind != .word { break }
            if let value = amount(at: index) { return value }
        }
        return nil
    }

    /// The value of a token that is money or a number: its digits, read backwards from its end.
    private func amount(at index: Int) -> Double? {
        let token = tokens[index]
        guard token.hash == TipToken.money || token.hash == TipToken.number else { return nil }
        let end = Int(token.end)
        var start = end
        while start > 0, Self.isInAmount(text[start - 1]) { start -= 1 }
        let digits = text[start..<end].filter { $0 != UInt8(ascii: ",") }
        return Double(String(decoding: digits, as: UTF8.self))
    }

    private static func isInAmount(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
    }

    /// The clause around a term, as written, without what separates it from its neighbours.
    private func words(around term: Range<Int>) -> String {
        var first = term.lowerBound
        while first > 0, tokens[first - 1].kind == .word { first -= 1 }
        var last = term.upperBound - 1
        while last + 1 < tokens.count, tokens[last + 1].kind == .word { last += 1 }
        var start = first == 0 ? 0 : Int(tokens[first - 1].end)
        var end = Int(tokens[last].end)
        while start < end, text[start] == 0x20 { start += 1 }
        if end - start > TipCondition.wordsBytesMax {
            end = start + TipCondition.wordsBytesMax
            while end > start, text[end] & 0xC0 == 0x80 { end -= 1 }  // not inside a character
        }
        return String(decoding: text[start..<end], as: UTF8.self)
    }
}
