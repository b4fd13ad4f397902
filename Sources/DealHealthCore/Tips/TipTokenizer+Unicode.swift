extension TipTokenizer {
    /// How a byte takes part in tokens.
    enum ByteClass: UInt8, Sendable {
        /// Between tokens.
        case separator
        /// An ASCII letter.
        case letter
        /// An ASCII digit.
        case digit
        /// The dollar sign.
        case currency
        /// Part of a break.
        case punctuation
        /// Part of a character beyond ASCII.
        case high
    }

    /// The class of a byte. NUL is a separator, so that lookahead past the end stops every loop.
    @inline(__always)
    static func byteClass(_ byte: UInt8) -> ByteClass {
        switch byte {
        case 0x80...: .high
        case 0x61...0x7A, 0x41...0x5A: .letter
        case 0x30...0x39: .digit
        case 0x24: .currency
        case 0x0A, 0x0D, 0x21, 0x28, 0x29, 0x2C, 0x2D, 0x2E, 0x3A, 0x3B, 0x3F, 0x5B, 0x5D: .punctuation
        default: .separator
        }
    }

    /// True if the character beyond ASCII at the position is no part of a word: Latin-1 signs (U+0080–U+00BF), the
    /// blocks U+2000–U+2FFF (punctuation, currency, dingbats), variation selectors, emoji (U+1F000–U+1FFFF), and the
    /// modifier apostrophe, which the word loop handles itself.
    @inline(__always)
    func isSymbol() -> Bool {
        switch (at(0), at(1)) {
        case (0xC2, _), (0xE2, _), (0xCA, 0xBC), (0xEF, 0xB8), (0xF0, 0x9F): true
        default: false
        }
    }

    /// Reads a character beyond ASCII; nil if it only separates words.
    mutating func high() -> TipToken? {
        switch (at(0), at(1), at(2)) {
        case (0xE2, 0x80, 0x93), (0xE2, 0x80, 0x94), (0xE2, 0x80, 0x95):  // en dash, em dash, bar
            skip(3)
            return TipToken(hash: 0, kind: .clauseBreak)
        case (0xE2, 0x80, 0xA6):  // ellipsis
            skip(3)
            return TipToken(hash: 0, kind: .sentenceBreak)
        case (0xC2, 0xA3, _):  // pound
            skip(2)
            return isDigit(at(0)) ? amount(isMoney: true) : nil
        case (0xE2, 0x82, 0xAC):  // euro
            skip(3)
            return isDigit(at(0)) ? amount(isMoney: true) : nil
        case (0xE2, 0x80, _), (0xEF, 0xB8, _):
            skip(3)
            return nil
        case (0xC2, _, _), (0xCA, 0xBC, _):
            skip(2)
            return nil
        case (0xE2, _, _): return symbol(width: 3)
        case (0xF0, 0x9F, _): return symbol(width: 4)
        default: return word()
        }
    }

    /// One emoji or dingbat as a word of its own.
    private mutating func symbol(width: Int) -> TipToken {
        var hash = TipToken.offsetBasis
        for offset in 0..<width { hash = TipToken.mix(hash, at(offset)) }
        skip(width)
        return TipToken(hash: hash, kind: .word)
    }
}
