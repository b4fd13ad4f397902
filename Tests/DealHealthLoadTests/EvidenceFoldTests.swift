import DealHealthLoad
import Foundation
import Testing

@Suite("The ledger's own fold: DESIGN §4 by hand")
struct EvidenceFoldTests {
    typealias Piece = EvidenceFold.Piece

    @Test func noNewsIsFifty() {
        #expect(EvidenceFold().score([]).healthScore == 50)
        #expect(EvidenceFold().score([]).confidence == 0)
    }

    /// (0.6 + 0.5) / (0.6 + 1) and 0.6 / 1.6.
    @Test func oneFreshPass() {
        let score = EvidenceFold().score([Piece(source: .automatedTest, works: true, mass: 1, ageDays: 0)])
        #expect(abs(score.healthScore - 68.75) < 1e-12)
        #expect(abs(score.confidence - 0.375) < 1e-12)
    }

    /// At 6.93 days it weighs half: (0.3 + 0.5) / (0.3 + 1).
    @Test func evidenceHalvesInItsHalfLife() {
        let score = EvidenceFold().score([
            Piece(source: .automatedTest, works: true, mass: 1, ageDays: log(2) / 0.1)
        ])
        #expect(abs(score.healthScore - 100 * 0.8 / 1.3) < 1e-12)
    }

    /// Together they weigh ω·C = 0.1 · 10: (1 + 0.5) / (1 + 1).
    @Test func aThousandTipsWeighNoMoreThanTheirCap() {
        let tips = Array(repeating: Piece(source: .communityTip, works: true, mass: 1, ageDays: 0), count: 1_000)
        #expect(abs(EvidenceFold().score(tips).healthScore - 75) < 1e-9)
    }

    /// 0.6 against, 0.3 · 0.8 for, 0.1 · 0.5 · 0.9 for.
    @Test func sourcesAreWeighedAgainstEachOther() {
        let score = EvidenceFold().score([
            Piece(source: .automatedTest, works: false, mass: 1, ageDays: 0),
            Piece(source: .communityVerification, works: true, mass: 0.8, ageDays: 0),
            Piece(source: .communityTip, works: true, mass: 0.45, ageDays: 0),
        ])
        #expect(abs(score.healthScore - 100 * (0.24 + 0.045 + 0.5) / (0.6 + 0.24 + 0.045 + 1)) < 1e-12)
        #expect(abs(score.confidence - 0.885 / 1.885) < 1e-12)
    }
}
