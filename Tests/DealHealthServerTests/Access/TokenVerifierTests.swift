import DealHealthCore
import Testing

@testable import DealHealthServer

@Suite struct TokenVerifierTests {
    private static let seconds = TokenForge.seconds

    @Test func readsWhatATokenSays() throws {
        let token = try TokenForge.plain.verdict(TokenForge.token()).get()
        #expect(token.subject == "shop-7")
        #expect(token.scopes == [.readDeals, .writeEvents])
        #expect(token.expiresAt == Timestamp(microseconds: (Self.seconds + 3_600) * 1_000_000))
    }

    @Test(arguments: [
        #"{"alg":"HS256"}"#, #"{"typ":"jwt","alg":"HS256"}"#, #"{"alg":"HS256","typ":"Jwt"}"#,
        "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", #"  {"alg":"HS256"}  "#, #"{"\u0061lg":"HS\u003256"}"#,
        #"{"alg":"HS256","cty":"x","example":{"a":[1,2,null]}}"#,
    ])
    func takesHeader(text: String) {
        #expect(TokenForge.plain.verdict(TokenForge.token(text)).fault == nil)
    }

    @Test(arguments: [
        ["exp": "\(seconds + 1)"], ["exp": "\(seconds + 3_653 * 86_400)"], ["nbf": "\(seconds)"],
        ["nbf": "\(seconds + 60)"],
        ["nbf": "0"], ["iat": ""], ["iat": "0"], ["iat": "\(seconds + 60)"], ["iss": #""anyone""#], ["jti": #""7""#],
        ["scope": #""""#], ["scope": #""other:thing""#], ["sub": #""s""#], ["sub": #""Ärger \ud83d\ude00""#],
        ["sub": "\"" + String(repeating: "s", count: 255) + "\""], ["roles": #"["a",{"b":null}]"#], ["x": "1.5e300"],
    ])
    func takesPayload(members: [String: String]) {
        let token = TokenForge.token(TokenForge.header, TokenForge.payload(members))
        #expect(TokenForge.plain.verdict(token).fault == nil)
    }

    @Test(arguments: [#""dealhealth""#, #"["dealhealth"]"#, #"["a","dealhealth","b"]"#, #"["deal\u0068ealth"]"#])
    func takesAudience(text: String) {
        let members = ["iss": #""https://id.example""#, "aud": text]
        let token = TokenForge.token(TokenForge.header, TokenForge.payload(members))
        #expect(TokenForge.bound.verdict(token).fault == nil)
    }

    @Test func takesTheKeyThatATokenNames() {
        for (id, secret) in [("K-new", TokenForge.secret), ("old", "another secret of more than 32 bytes")] {
            let token = TokenForge.token(#"{"alg":"HS256","kid":"\#(id)"}"#, secret: secret)
            #expect(TokenForge.several.verdict(token).fault == nil)
        }
    }

    @Test func takesTheLongest() {
        let token = TokenAttack.long(4_094)
        #expect(token.utf8.count <= 4_096)
        #expect(TokenForge.plain.verdict(token).fault == nil)
    }

    /// A token ends with the second that `exp` names, to the microsecond.
    @Test func endsAtItsInstant() {
        let token = TokenForge.token()
        let end = Timestamp(microseconds: (Self.seconds + 3_600) * 1_000_000)
        #expect(TokenForge.plain.verdict(token, now: Timestamp(microseconds: end.microseconds - 1)).fault == nil)
        #expect(TokenForge.plain.verdict(token, now: end).fault == .expired)
    }

    /// Any text whatever is refused and does no harm.
    @Test func noiseIsRefused() {
        for length in 0..<2_000 {
            let bytes = (0..<length % 200).map { _ in UInt8.random(in: 0...255) }
            #expect(TokenForge.plain.verdict(bytes).fault != nil)
        }
    }
}
