import DealHealthCore
import Testing

@Suite struct TipAccuracyTests {
    /// The share of tips whose label the rules find. Held-out rows are counted, never named.
    @Test(arguments: [(LabelledTip.Half.development, 0.95), (.heldOut, 0.90)])
    func readsTheLabelOfAtLeast(half: LabelledTip.Half, share: Double) throws {
        let rows = try LabelledTip.rows(half)
        let right = rows.count { LabelledTip.label(TipRules.judge($0.text)) == $0.label }
        #expect(Double(right) / Double(rows.count) >= share, "\(right) of \(rows.count)")
    }

    @Test(arguments: LabelledTip.Half.allCases)
    func findsTheConditions(half: LabelledTip.Half) throws {
        var (right, wrong, missed) = (0, 0, 0)
        for row in try LabelledTip.rows(half) {
            let found = LabelledTip.conditions(TipRules.read(row.text))
            right += found.intersection(row.conditions).count
            wrong += found.subtracting(row.conditions).count
            missed += row.conditions.subtracting(found).count
        }
        #expect(Double(right) / Double(right + wrong) >= 0.85, "\(right) right, \(wrong) wrong")
        #expect(Double(right) / Double(right + missed) >= 0.80, "\(right) right, \(missed) missed")
    }

    /// Confidence tells good readings from bad ones: else nobody could be asked about the unsure ones alone.
    @Test func confidentReadingsAreRightMoreOftenThanUnsureOnes() throws {
        let rows = try LabelledTip.rows(.heldOut)
        let readings = rows.map { row in
            let judgement = TipRules.judge(row.text)
            return (isRight: LabelledTip.label(judgement) == row.label, confidence: judgement.confidence)
        }
        let sure = readings.filter { $0.confidence >= 0.7 }
        let unsure = readings.filter { $0.confidence < 0.7 }
        #expect(sure.count > rows.count / 2)
        #expect(share(sure) >= 0.95)
        #expect(share(sure) > share(unsure))
    }

    private func share(_ readings: [(isRight: Bool, confidence: Double)]) -> Double {
        Double(readings.count { $0.isRight }) / Double(readings.count)
    }

    @Test func tablesAreLargeDistinctAndNotTheSamples() throws {
        let halves = try LabelledTip.Half.allCases.map { try LabelledTip.rows($0) }
        #expect(halves.allSatisfy { $0.count == 125 })
        let texts = Set(halves.joined().map { $0.text.lowercased() })
        #expect(texts.count == 250)
        #expect(texts.isDisjoint(with: TipSample.all.map { $0.text.lowercased() }))
        let names = Set(TipCondition.Kind.allCases.map(\.name))
        for row in halves.joined() {
            #expect(["works", "fails", "none"].contains(row.label), "\(row)")
            for condition in row.conditions {
                #expect(names.contains(String(condition.prefix { $0 != "=" })), "\(row)")
            }
        }
    }
}
