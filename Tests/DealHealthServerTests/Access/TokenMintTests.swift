import DealHealthCore
import Testing

@testable import DealHealthServer

@Suite struct TokenMintTests {
    @Test func whatIsMintedIsTaken() throws {
        let keys = try TokenKeys(#"{"K-new":"\#(TokenForge.secret)","old":"another secret of more than 32 bytes"}"#)
        let mint = TokenMint(keys: keys, issuer: "https://id.example", audience: "dealhealth")
        let token = try mint.token(
            subject: "Ärger \"7\"", scope: "admin events:write", now: TokenForge.now, lifetime: .seconds(3_600))
        let verifier = TokenVerifier(keys: keys, issuer: "https://id.example", audience: "dealhealth")
        let verified = try verifier.verdict(token).get()
        #expect(verified.subject == "Ärger \"7\"" && verified.scopes == [.admin, .writeEvents])
        #expect(verified.expiresAt.microseconds == (TokenForge.seconds + 3_600) * 1_000_000)
        let parts = token.split(separator: ".").map {
            String(decoding: Base64URL.decode(String($0)) ?? [], as: UTF8.self)
        }
        #expect(parts[0] == #"{"alg":"HS256","typ":"JWT","kid":"K-new"}"#)
    }

    /// By another's hand: the same text as Foundation and swift-crypto make.
    @Test func isTheTextOfTheStandard() throws {
        let token = try TokenMint(keys: TokenKeys(TokenForge.secret)).token(
            subject: "a", scope: "", now: TokenForge.now, lifetime: .seconds(60))
        let payload = #"{"sub":"a","scope":"","iat":1780000000,"exp":1780000060}"#
        #expect(token == TokenForge.token(TokenForge.header, payload))
    }

    @Test(
        arguments: [
            ("", "", 60, "sub must be"), ("a\n", "", 60, "sub must be"),
            ("a", "events:wrote", 60, "events:wrote is no scope"),
            ("a", "admin,deals:read", 60, "is no scope"), ("a", "", 0, "has expired"), ("a", "", -1, "has expired"),
            ("a", "", 3_653 * 86_400 + 1, "too far ahead"), ("a", "", .max, "too far ahead"),
            ("a", String(repeating: "admin ", count: 1_000), 60, "too long"),
        ] as [(String, String, Int64, String)])
    func refusesWhatWouldBeRefused(subject: String, scope: String, lifetime: Int64, explanation: String) throws {
        let mint = TokenMint(keys: try TokenKeys(TokenForge.secret))
        let refusal = #expect(throws: TokenMint.Refusal.self) {
            try mint.token(subject: subject, scope: scope, now: TokenForge.now, lifetime: .seconds(lifetime))
        }
        #expect(refusal?.message.contains(explanation) == true, "\(refusal?.message ?? "")")
    }
}
