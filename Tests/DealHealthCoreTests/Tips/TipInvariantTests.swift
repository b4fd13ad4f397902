import DealHealthCore
import Testing

/// A seeded generator (SplitMix64, Steele, Lea and Flood 2014), so that a failure can be repeated.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct TipInvariantTests {
    /// The largest tip (DESIGN §5).
    static let largest = 16 * 1024

    private func check(_ text: String) {
        let judgement = TipRules.judge(text)
        #expect((0...1).contains(judgement.strength), "\(text.prefix(200))")
        #expect((0...1).contains(judgement.confidence), "\(text.prefix(200))")
        #expect(!judgement.isConditional || (judgement.works && judgement.strength > 0), "\(text.prefix(200))")
        #expect(TipRules.judge(text) == judgement, "\(text.prefix(200))")
        let reading = TipRules.read(text)
        #expect(reading.judgement == judgement, "\(text.prefix(200))")
        #expect(Set(reading.conditions.map(\.kind)).count == reading.conditions.count, "\(text.prefix(200))")
        #expect(reading.conditions.allSatisfy { $0.words.utf8.count <= 160 }, "\(text.prefix(200))")
        #expect(reading.conditions.allSatisfy { ($0.amount ?? 0).isFinite }, "\(text.prefix(200))")
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func holdOnRandomBytesRepairedToText(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<60 {
            let count = Int.random(in: 0...300, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            check(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func holdOnRandomBytesThatAreNotText(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                [0xE2, 0x80, 0xF0, 0x9F, 0xC2, 0xCA, 0xEF, 0xB8, 0x27, 0x61, 0x24, 0x39, 0x2D, 0x20, 0x3A, 0]
                    .randomElement(using: &random) ?? UInt8(0)
            }
            let judgement = bytes.withUnsafeBytes { TipRules.judge($0) }
            #expect((0...1).contains(judgement.strength))
        }
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func holdOnShuffledWordsOfTheSamples(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let words =
            TipSample.all.flatMap { $0.text.split(separator: " ").map(String.init) } + [
                "but", ",", "?", "!", "not", "if", "…",
            ]
        for _ in 0..<60 {
            let count = Int.random(in: 1...40, using: &random)
            check((0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " "))
        }
    }

    @Test(arguments: [
        "a", " ", ".", "!", "?", "'", "$", "9", "-", ":(", "a ", "a.", "not ", "no ", "works ", "expired ",
        "works but ",
        "doesn't ", "got ", "if ", "only ", "saved me ", "min ", "👍", "’", "é", "漢", "\u{FE0F}", "\u{0}", "\n", "1.",
        "£",
    ])
    func holdOnTheLargestText(piece: String) {
        let text = String(repeating: piece, count: Self.largest / piece.utf8.count)
        check(text)
        check(String(text.dropLast()))
        check("works" + text + "?")
    }

    @Test func everyPrefixOfATextIsJudged() {
        let text = "It didn’t work… “code” £5 $10 100% 20€ — 👍🏽 ❤️ doesn't, w'orks: :) 3.5% off?! café ʼn 漢字"
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            check(String(decoding: bytes[..<count], as: UTF8.self))
            let judgement = bytes[..<count].withUnsafeBytes { TipRules.judge($0) }
            #expect((0...1).contains(judgement.strength))
        }
    }

    @Test func repetitionDoesNotChangeTheReading() {
        for sample in TipSample.all where sample.label != .none && !sample.text.contains("?") {
            let once = TipRules.judge(sample.text)
            let twice = TipRules.judge("\(sample.text). \(sample.text).")
            #expect(once.works == twice.works, "\(sample)")
        }
    }
}
