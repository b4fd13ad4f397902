import DealHealthCore
import DealHealthTesting
import Testing

/// The keyed hash is SipHash-1-3, to the bit, as others compute it.
struct SipHashTests {
    /// Bytes 0, 1, 2, … under the key 00 01 … 0f. Expected values are from OpenSSL 3.0 (`openssl mac -macopt
    /// c-rounds:1 -macopt d-rounds:3 … SIPHASH`), 8 and 16 bytes each.
    private static let openSSL: [(count: Int, narrow: String, wide: String)] = [
        (0, "DCC40F055801ACAB", "E77EBCB22788A5BEFD62DB6ADD303001"),
        (1, "93CA577DF39BF4C9", "FC6F370460D3EDA85E0573CC2B2FF063"),
        (7, "4011B19B987D92D3", "1084B923F2AAE0C3A62F2EC80848AB77"),
        (8, "8E9A298D11959036", "AA12FEE1D5E3DAB4724F16AB35F9C799"),
        (15, "5699512A6DD820D3", "C17E5505B2BD526C2921CDEC1E7E0109"),
        (16, "668B907D1ADD4FCC", "D0A8D95715518EEBB513B0F83D9E1793"),
        (33, "BFF98F7AE5B9544D", "C5F57BAE1320FCF4B4E868E71D56C66B"),
        (63, "A8B3BBB76290199D", "4C5800E34EFE426F079F6B0AA75260AD"),
    ]

    @Test func equalsOpenSSL() {
        let key = HashKey(k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
        for vector in Self.openSSL {
            [UInt8](0..<UInt8(vector.count)).withUnsafeBytes { bytes in
                #expect(SipHash.hash64(bytes, key: key) == word(vector.narrow.prefix(16)))
                let wide = Hash128(low: word(vector.wide.prefix(16)), high: word(vector.wide.suffix(16)))
                #expect(SipHash.hash128(bytes, key: key) == wide)
            }
        }
    }

    /// `hash(b"…")` of CPython 3.11, under PYTHONHASHSEED=0 (key 0) and 42 (key drawn by its `lcg_urandom`).
    @Test func equalsCPython() {
        let zero = HashKey(k0: 0, k1: 0)
        let seed42 = HashKey(k0: 0xdc50_4fd3_68cd_90af, k1: 0xb920_bb9f_fe99_e9c1)
        let vectors: [(HashKey, String, UInt64)] = [
            (zero, "a", 0x4074_48d2_b89b_1813), (seed42, "a", 0xfe4a_4733_5692_551e),
            (zero, "siphash", 0x8264_ceec_cb16_bcbe), (seed42, "siphash", 0x112e_5f42_4f21_0450),
            (zero, "12345678", 0x3489_9824_3056_0a87), (seed42, "12345678", 0x84eb_586a_b30c_c7f5),
            (zero, "promo-2026-summer", 0x1962_1a5b_7ace_3351),
            (seed42, "promo-2026-summer", 0xde97_cb28_29b5_7db6),
        ]
        for (key, text, expected) in vectors {
            #expect(Array(text.utf8).withUnsafeBytes { SipHash.hash64($0, key: key) } == expected, "\(text)")
        }
    }

    /// The reference itself is SipHash: the paper's vector for 2-4 (appendix A).
    @Test func referenceEqualsPaper() {
        let reference = ReferenceSipHash(
            k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908, isWide: false, compressionRounds: 2,
            finalizationRounds: 4)
        #expect(reference.hash([UInt8](0..<15)) == [0xa129_ca61_49be_45e5])
    }

    @Test func underRandomKeysAtEveryLengthEqualsReference() {
        var generator = SeededGenerator(seed: 13)
        var wrong: [String] = []
        for count in 0...64 {
            for _ in 0..<4 {
                let key = HashKey(k0: generator.next(), k1: generator.next())
                // Two bytes to spare in front, so that words are read unaligned.
                let buffer = (0..<count + 2).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let offset = Int.random(in: 0...2, using: &generator)
                let message = Array(buffer[offset..<offset + count])
                buffer.withUnsafeBytes { buffer in
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[offset..<offset + count])
                    let narrow = SipHash.hash64(bytes, key: key)
                    let wide = SipHash.hash128(bytes, key: key)
                    let reference = ReferenceSipHash(k0: key.k0, k1: key.k1, isWide: false).hash(message)
                    let wideReference = ReferenceSipHash(k0: key.k0, k1: key.k1, isWide: true).hash(message)
                    if [narrow] != reference { wrong.append("64 bits of \(message) under \(key)") }
                    if [wide.low, wide.high] != wideReference { wrong.append("128 bits of \(message) under \(key)") }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func longMessageCountsItsLengthModulo256() {
        let key = HashKey(k0: 7, k1: 11)
        let message = [UInt8](repeating: 0xa5, count: 300)
        let expected = ReferenceSipHash(k0: 7, k1: 11, isWide: false).hash(message)
        #expect(message.withUnsafeBytes { [SipHash.hash64($0, key: key)] } == expected)
    }

    private func word(_ hex: Substring) -> UInt64 {
        HexBytes.decode(String(hex)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
