extension TipLexicon {
    /// Words so frequent in tips that their misspellings are too.
    static let oftenMistyped = [
        "works", "working", "worked", "expired", "invalid", "applied", "accepted", "rejected", "declined", "discount",
        "doesnt", "didnt", "couldnt", "wouldnt", "anymore", "success",
    ]

    /// What typing makes of a word of ASCII letters: one left out, or two neighbours swapped; the first stays.
    static func misspellings(of word: String) -> [[UInt8]] {
        let letters = Array(word.utf8)
        let shortened = letters.indices.dropFirst().map { index in
            Array(letters[..<index] + letters[(index + 1)...])
        }
        let swapped = letters.indices.dropFirst(2).map { index in
            var letters = letters
            letters.swapAt(index - 1, index)
            return letters
        }
        return shortened + swapped
    }
}
