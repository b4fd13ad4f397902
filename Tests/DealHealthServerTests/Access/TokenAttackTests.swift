import Testing

@testable import DealHealthServer

@Suite struct TokenAttackTests {
    @Test(arguments: TokenAttack.all)
    func isRefusedForItsReason(attack: TokenAttack) {
        #expect(attack.verifier.verdict(attack.token).fault == attack.fault)
    }

    /// By the way that requests take, beside a good token that is remembered.
    @Test func areRefusedBesideRememberedTokens() throws {
        for attack in TokenAttack.all {
            let ring = KeyRing(attack.verifier)
            var cache = TokenCache()
            _ = cache.verdict(TokenForge.token(), ring: ring)
            for _ in 0..<2 {
                #expect(cache.verdict(attack.token, ring: ring).fault == attack.fault, "\(attack.name)")
            }
        }
    }

    @Test func areManyAndDiffer() {
        #expect(TokenAttack.all.count >= 60)
        #expect(Set(TokenAttack.all.map(\.name)).count == TokenAttack.all.count, "each has its own name")
        #expect(TokenAttack.long(4_096).utf8.count <= 4_097)
    }

    /// Each of the reasons is one that some attack meets: none is dead.
    @Test func meetEveryReason() {
        #expect(Set(TokenAttack.all.map(\.fault)) == Set(TokenFault.allCases))
    }

    /// RFC 6750 §3: what may stand in `error_description`.
    @Test(arguments: TokenFault.allCases)
    func reasonsFitIntoAHeader(fault: TokenFault) {
        #expect(fault.rawValue.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E && $0 != 0x22 && $0 != 0x5C })
    }
}
