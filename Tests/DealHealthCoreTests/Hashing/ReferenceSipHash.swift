/// SipHash-c-d as its paper describes it (Aumasson and Bernstein 2012, §2.2–2.4), with the authors' 128-bit form:
/// plain arrays and a list of words, nothing shared with the code under test.
struct ReferenceSipHash {
    private var v: [UInt64]
    private let compressionRounds: Int
    private let finalizationRounds: Int
    private let isWide: Bool

    /// A state keyed by the words `k0`, `k1` for a result of 64 bits, or 128 when `isWide`.
    init(k0: UInt64, k1: UInt64, isWide: Bool, compressionRounds: Int = 1, finalizationRounds: Int = 3) {
        let constants = ["somepseu", "dorandom", "lygenera", "tedbytes"]
        let words = constants.map { $0.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        v = [words[0] ^ k0, words[1] ^ k1, words[2] ^ k0, words[3] ^ k1]
        self.compressionRounds = compressionRounds
        self.finalizationRounds = finalizationRounds
        self.isWide = isWide
        if isWide { v[1] ^= 0xee }
    }

    /// The result: one word, or two with the low one first.
    func hash(_ bytes: [UInt8]) -> [UInt64] {
        var state = self
        // Padded with zeros to seven modulo eight, then the length modulo 256.
        var padded = bytes
        while padded.count % 8 != 7 { padded.append(0) }
        padded.append(UInt8(truncatingIfNeeded: bytes.count))
        for start in stride(from: 0, to: padded.count, by: 8) {
            let word = padded[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            state.v[3] ^= word
            state.rounds(compressionRounds)
            state.v[0] ^= word
        }
        state.v[2] ^= isWide ? 0xee : 0xff
        state.rounds(finalizationRounds)
        let first = state.v.reduce(0, ^)
        guard isWide else { return [first] }
        state.v[1] ^= 0xdd
        state.rounds(finalizationRounds)
        return [first, state.v.reduce(0, ^)]
    }

    /// SipRound, in the order of the paper's figure 2.1.
    private mutating func rounds(_ count: Int) {
        func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
        for _ in 0..<count {
            v[0] &+= v[1]
            v[2] &+= v[3]
            v[1] = rotated(v[1], 13) ^ v[0]
            v[3] = rotated(v[3], 16) ^ v[2]
            v[0] = rotated(v[0], 32)
            v[2] &+= v[1]
            v[0] &+= v[3]
            v[1] = rotated(v[1], 17) ^ v[2]
            v[3] = rotated(v[3], 21) ^ v[0]
            v[2] = rotated(v[2], 32)
        }
    }
}
