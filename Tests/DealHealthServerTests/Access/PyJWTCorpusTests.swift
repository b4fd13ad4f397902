import DealHealthCore
import Foundation
import Testing

@testable import DealHealthServer

/// Our verdicts beside those of another reader: `pyjwt_corpus.py` has made the tokens and asked PyJWT.
@Suite struct PyJWTCorpusTests {
    private struct Corpus: Decodable {
        struct Verifier: Decodable {
            var secret: String
            var issuer: String?
            var audience: String?
        }

        struct Case: Decodable {
            var name: String
            var verifier: String
            var token: String
            /// Whether PyJWT takes it.
            var pyjwt: Bool
            /// Why we refuse what PyJWT takes.
            var stricter: String?
        }

        var now: Int64
        var verifiers: [String: Verifier]
        var cases: [Case]
    }

    private static func corpus() throws -> Corpus {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "pyjwt-corpus.json")
        return try JSONDecoder().decode(Corpus.self, from: Data(contentsOf: file))
    }

    /// Nothing that PyJWT refuses is taken, and of what it takes nothing is refused without a reason.
    @Test func verdictsAreThoseOfPyJWTButForReasons() throws {
        let corpus = try Self.corpus()
        let now = Timestamp(microseconds: corpus.now * 1_000_000)
        let verifiers = corpus.verifiers.mapValues {
            TokenForge.verifier($0.secret, issuer: $0.issuer, audience: $0.audience)
        }
        for known in corpus.cases {
            let verifier = try #require(verifiers[known.verifier])
            let isTaken = verifier.verdict(known.token, now: now).fault == nil
            #expect(isTaken == (known.pyjwt && known.stricter == nil), "\(known.name)")
        }
    }

    @Test func hasBothKindsInNumbers() throws {
        let cases = try Self.corpus().cases
        #expect(cases.count { $0.pyjwt && $0.stricter == nil } >= 100)
        #expect(cases.count { !$0.pyjwt } >= 100)
        #expect(cases.allSatisfy { $0.pyjwt || $0.stricter == nil })
    }
}
