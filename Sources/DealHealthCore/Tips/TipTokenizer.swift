/// Cuts UTF-8 text into tokens, one pass, no allocation.
///
/// ASCII and Latin-1 letters are lowered. Apostrophes inside a word (', `, ´, ‘, ’, ʼ) are dropped. A letter written three or
/// more times counts once ("worksss"). A hyphen inside a word separates; between spaces it is a clause break. Other
/// scripts are words as they stand. Each emoji is a word of its own.
struct TipTokenizer {
    /// The text; borrowed, MUST outlive the tokenizer.
    private let text: UnsafeRawBufferPointer
    /// The next byte to read. *Invariant:* 0 <= position <= text.count.
    private var position = 0

    /// Starts at the first byte of `text`.
    init(text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// The next token, or nil at the end. Every call but the last consumes at least one byte.
    mutating func next() -> TipToken? {
        var token = read()
        token?.end = UInt32(truncatingIfNeeded: position)
        return token
    }

    @inline(__always)
    private mutating func read() -> TipToken? {
        while position < text.count {
            let byte = text[position]
            switch Self.byteClass(byte) {
            case .separator: position += 1
            case .letter: return word()
            case .digit: return amount(isMoney: false)
            case .currency:
                position += 1
                if isDigit(at(0)) { return amount(isMoney: true) }
            case .punctuation:
                if let token = punctuation() { return token }
            case .high:
                if let token = high() { return token }
            }
        }
        return nil
    }

    /// The byte `offset` after the position, 0 past the end: lets lookahead run off the text safely.
    @inline(__always)
    func at(_ offset: Int) -> UInt8 {
        let index = position + offset
        return index < text.count ? text[index] : 0
    }

    /// Moves over `count` bytes, at most to the end of the text.
    @inline(__always)
    mutating func skip(_ count: Int) {
        position = min(position + count, text.count)
    }

    /// True for "0"–"9".
    @inline(__always)
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// The number of bytes of an apostrophe at the position that stands between two letters, else 0.
    private func apostropheWidth() -> Int {
        let width: Int
        switch (at(0), at(1), at(2)) {
        case (0x27, _, _), (0x60, _, _): width = 1
        case (0xC2, 0xB4, _), (0xCA, 0xBC, _): width = 2
        case (0xE2, 0x80, 0x98), (0xE2, 0x80, 0x99): width = 3
        default: return 0
        }
        return Self.byteClass(at(width)) == .letter ? width : 0
    }

    /// Reads a word from the position: letters, digits after them, non-ASCII letters.
    mutating func word() -> TipToken {
        var hash = TipToken.offsetBasis
        var hashOfFirst = hash
        var previous: UInt8 = 0
        var run = 0
        while position < text.count {
            var byte = text[position]
            switch Self.byteClass(byte) {
            case .letter: byte |= 0x20
            case .digit: break
            case .high where !isSymbol():
                // Latin-1 capitals are lowered too ("À", "Ö"), but for the multiplication sign.
                if position > 0, text[position - 1] == 0xC3, byte <= 0x9E, byte != 0x97 { byte |= 0x20 }
            default:
                let width = apostropheWidth()
                if width == 0 { return TipToken(hash: hash, kind: .word) }
                skip(width)
                continue
            }
            position += 1
            if byte == previous, byte < 0x80 {
                run += 1
                if run == 3 { hash = hashOfFirst }
                if run >= 3 { continue }
                hash = TipToken.mix(hash, byte)
            } else {
                hash = TipToken.mix(hash, byte)
                (hashOfFirst, previous, run) = (hash, byte, 1)
            }
        }
        return TipToken(hash: hash, kind: .word)
    }

    /// Reads an amount from its first digit. "100%" keeps its own hash, for it is an intensifier ("100% legit"), and
    /// so does "404", for it is a page that is gone. "0" of anything is the word "zero".
    mutating func amount(isMoney: Bool) -> TipToken {
        var hash = TipToken.offsetBasis
        while isDigit(at(0)) || (isInsideNumber(at(0)) && isDigit(at(1))) {
            hash = TipToken.mix(hash, at(0))
            position += 1
        }
        let isZero = hash == Self.nought
        if at(0) == UInt8(ascii: "%") {
            position += 1
            hash = TipToken.mix(hash, UInt8(ascii: "%"))
            let name = isZero ? Self.zero : hash == Self.hundredPercent ? hash : TipToken.percentage
            return TipToken(hash: name, kind: .word)
        }
        if isMoney || at(0) == UInt8(ascii: "$") || (at(0) == 0xC2 && at(1) == 0xA3) || isEuro() {
            // A sign behind the digits is skipped by the next call.
            return TipToken(hash: isZero ? Self.zero : TipToken.money, kind: .word)
        }
        guard Self.byteClass(at(0)) == .letter else {
            let name = isZero ? Self.zero : hash == Self.notFound ? hash : TipToken.number
            return TipToken(hash: name, kind: .word)
        }
        while Self.byteClass(at(0)) == .letter || isDigit(at(0)) {  // "1st", "24h", "20off"
            hash = TipToken.mix(hash, at(0) | 0x20)
            position += 1
        }
        return TipToken(hash: hash, kind: .word)
    }

    /// True for ".", ",", "/" and ":", which belong to a number when a digit follows.
    private func isInsideNumber(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2C || byte == 0x2F || byte == 0x3A }

    private static let hundredPercent = TipToken.hash(of: "100%".utf8)
    private static let notFound = TipToken.hash(of: "404".utf8)
    private static let nought = TipToken.hash(of: "0".utf8)
    private static let zero = TipToken.hash(of: "zero".utf8)

    private func isEuro() -> Bool { at(0) == 0xE2 && at(1) == 0x82 && at(2) == 0xAC }

    /// Reads a run of ASCII punctuation as one break, the strongest in it; nil if it only separates words.
    private mutating func punctuation() -> TipToken? {
        if at(0) == UInt8(ascii: ":"), at(1) == 0x29 || at(1) == 0x28 {  // ":)" and ":("
            defer { position += 2 }
            return TipToken(hash: TipToken.hash(of: [0x3A, at(1)]), kind: .word)
        }
        if at(0) == 0x2E, at(1) == 0x20, at(2) == 0x24 {  // "min. $50" is an abbreviation, not the end of a sentence
            position += 2
            return nil
        }
        var kind = TipToken.Kind.word
        var exclamations: UInt8 = 0
        let isSpaced = position == 0 || text[position - 1] == 0x20
        while Self.byteClass(at(0)) == .punctuation {
            let byte = at(0)
            position += 1
            switch byte {
            case UInt8(ascii: "?"): kind = .questionBreak
            case UInt8(ascii: "!"), UInt8(ascii: "."), UInt8(ascii: ";"), 0x0A, 0x0D:
                if kind != .questionBreak { kind = .sentenceBreak }
                if byte == UInt8(ascii: "!") { exclamations = min(exclamations + 1, 3) }
            case UInt8(ascii: "-"):
                if kind == .word, at(0) == byte || (isSpaced && at(0) == 0x20) { kind = .clauseBreak }
            default: if kind == .word { kind = .clauseBreak }
            }
        }
        return kind == .word ? nil : TipToken(hash: 0, kind: kind, exclamations: exclamations)
    }
}
