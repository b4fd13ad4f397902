/// Maps words and phrases to senses: an open-addressed table, also a trie of phrases by chained hashes.
///
/// Immutable after creation. Lookups cost one probe on average at a load below one half.
struct TipLexicon: Sendable {
    /// A slot of the table. *Invariant:* `key` 0 marks an empty slot (no word of the tables hashes to 0).
    private struct Slot: Sendable {
        var key: UInt64 = 0
        var sense = TipSense(role: .prefix)
        var continues = false
    }

    /// A phrase found in a text.
    struct Match: Sendable {
        /// What it contributes.
        var sense: TipSense
        /// Tokens it spans, at least 1.
        var length: Int
    }

    /// The rules of coupon language.
    static let coupons = TipLexicon(
        rules: successRules + failureRules + sentimentRules + scopeRules + discourseRules + conditionRules
            + languageRules + adjectiveRules,
        mistyped: oftenMistyped
    )

    private var slots: [Slot]
    private let mask: Int

    /// Builds the table. Traps if a phrase is listed twice with different senses: that is a mistake in the tables.
    /// Misspellings of the words of `mistyped` get the word's sense, unless they are words of the tables themselves.
    /// Complexity: linear in the size of the tables, once per process.
    init(rules: [TipRule], mistyped: [String]) {
        let misspellings = mistyped.map { (word: $0, forms: Self.misspellings(of: $0)) }
        var nodes = misspellings.reduce(0) { $0 + $1.forms.count }
        for rule in rules { nodes += rule.phrases.utf8.count(where: { $0 == 0x20 }) + 1 }
        var capacity = 64
        while capacity < nodes * 2 { capacity *= 2 }
        slots = Array(repeating: Slot(), count: capacity)
        mask = capacity - 1
        for rule in rules {
            for phrase in rule.phrases.utf8.split(separator: UInt8(ascii: ",")) {
                insert(phrase.split(separator: 0x20).map { TipToken.hash(of: $0) }, rule.sense)
            }
        }
        for (word, forms) in misspellings {
            let sense = slots[find(TipToken.hash(of: word.utf8))].sense
            for form in forms {
                let slot = find(TipToken.hash(of: form))
                guard slots[slot].sense.role == .prefix else { continue }
                slots[slot].key = TipToken.hash(of: form)
                slots[slot].sense = sense
            }
        }
    }

    private mutating func insert(_ words: [UInt64], _ sense: TipSense) {
        precondition(!words.isEmpty, "an empty phrase in the tip tables")
        var key = words[0]
        for index in words.indices {
            if index > 0 { key = TipToken.chain(key, words[index]) }
            let slot = find(key)
            slots[slot].key = key
            if index + 1 < words.count {
                slots[slot].continues = true
            } else {
                precondition(
                    slots[slot].sense.role == .prefix || slots[slot].sense == sense,
                    "a phrase of the tip tables has two senses: \(sense)"
                )
                slots[slot].sense = sense
            }
        }
    }

    /// The slot that holds `key`, or the empty one where it belongs. The table is at most half full, so it ends.
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key ^ (key &>> 32)) & mask
        while slots[slot].key != key, slots[slot].key != 0 { slot = (slot + 1) & mask }
        return slot
    }

    /// The longest phrase that starts at `start`, a word token; nil for an unknown word.
    ///
    /// Complexity: at most the words of the longest phrase in the tables.
    func match(_ tokens: UnsafeBufferPointer<TipToken>, at start: Int) -> Match? {
        var key = tokens[start].hash
        guard key != 0 else { return nil }
        var best: Match?
        var index = start
        while true {
            let slot = slots[find(key)]
            guard slot.key == key else { return best }
            index += 1
            if slot.sense.role != .prefix { best = Match(sense: slot.sense, length: index - start) }
            guard slot.continues, index < tokens.count, tokens[index].kind == .word else { return best }
            key = TipToken.chain(key, tokens[index].hash)
        }
    }
}
