import DealHealthCore
import Testing

@Suite struct TipRulesTests {
    @Test(arguments: TipSample.all)
    func readsAsLabelled(_ sample: TipSample) {
        let judgement = TipRules.judge(sample.text)
        switch sample.label {
        case .none:
            #expect(judgement.strength == 0, "\(judgement)")
        case .works:
            #expect(judgement.strength > 0 && judgement.works && !judgement.isConditional, "\(judgement)")
        case .conditional:
            #expect(judgement.strength > 0 && judgement.works && judgement.isConditional, "\(judgement)")
        case .fails:
            #expect(judgement.strength > 0 && !judgement.works && !judgement.isConditional, "\(judgement)")
        }
    }

    /// What the rules are known to misread: irony, paraphrase without a word of the tables, amounts of zero. A row
    /// that starts to pass fails this test: move it to the samples.
    @Test(arguments: [
        "Code is for a different store", "Store said it's not theirs", "Total went from $50 to... $50",
    ])
    func knownMisreadings(text: String) {
        let judgement = TipRules.judge(text)
        #expect(judgement.strength == 0 || judgement.works, "now read right: \(judgement)")
    }

    @Test func samplesAreManyAndDistinct() {
        #expect(TipSample.all.count >= 120)
        #expect(Set(TipSample.all.map(\.text)).count == TipSample.all.count)
    }

    @Test func samplesReadAlikeInCapitalsAndWithCurlyApostrophes() {
        for sample in TipSample.all {
            let expected = TipRules.judge(sample.text)
            #expect(TipRules.judge(sample.text.uppercased()) == expected, "\(sample)")
            let curly = String(sample.text.map { $0 == "'" ? "\u{2019}" : $0 })
            #expect(TipRules.judge(curly) == expected, "\(sample)")
            #expect(TipRules.judge(sample.text.filter { $0 != "'" }) == expected, "\(sample)")
            #expect(TipRules.judge("  \(sample.text)  ") == expected, "\(sample)")
        }
    }

    @Test func strengthsAreOrdered() {
        let strength = { (text: String) in TipRules.judge(text).strength }
        #expect(abs(strength("works") - 0.8) < 0.01)
        #expect(strength("works great") > 0.95)
        #expect(strength("still works!!") > strength("works"))
        #expect(strength("maybe works") < strength("probably works"))
        #expect(strength("probably works") < strength("works"))
        #expect(strength("worked last week") < strength("worked"))
        #expect(strength("works only on full price") < strength("works"))
        #expect(strength("app only") < strength("works only on full price"))
        #expect(strength("great") < strength("maybe works") + 0.05)
        #expect(strength("works but the code is expired") < strength("expired"))
    }

    @Test func confidenceFallsWithDoubtAndConflict() {
        let confidence = { (text: String) in TipRules.judge(text).confidence }
        #expect(confidence("works") > confidence("maybe works"))
        #expect(confidence("works") > confidence("works, doesn't work"))
        #expect(confidence("works") > confidence("great"))
        #expect(confidence("hello") > 0)
    }

    @Test func emptyTextHasNoOpinion() {
        #expect(TipRules.judge("").strength == 0)
        #expect(TipRules.judge(UnsafeRawBufferPointer(start: nil, count: 0)).strength == 0)
    }

    @Test func bytesAndStringAgree() {
        for sample in TipSample.all {
            let bytes = Array(sample.text.utf8)
            #expect(bytes.withUnsafeBytes { TipRules.judge($0) } == TipRules.judge(sample.text))
        }
    }
}
