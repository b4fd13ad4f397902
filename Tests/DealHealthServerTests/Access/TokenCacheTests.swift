import DealHealthCore
import Testing

@testable import DealHealthServer

extension TokenCache {
    /// What the cache says of a token, at the time of the tests.
    mutating func verdict(
        _ token: [UInt8], ring: KeyRing, now: Timestamp = TokenForge.now
    ) -> Result<VerifiedToken, TokenFault> {
        // Not inside the closure: it must not hold the cache.
        var cache = TokenCache()
        swap(&cache, &self)
        defer { swap(&cache, &self) }
        return token.withUnsafeBytes { bytes in
            do throws(TokenFault) {
                return .success(try cache.identity(of: bytes, ring: ring, now: now))
            } catch {
                return .failure(error)
            }
        }
    }

    mutating func verdict(
        _ token: String, ring: KeyRing, now: Timestamp = TokenForge.now
    ) -> Result<VerifiedToken, TokenFault> {
        verdict(Array(token.utf8), ring: ring, now: now)
    }
}

@Suite struct TokenCacheTests {
    private static let ring = KeyRing(TokenForge.plain)

    private static func token(_ members: [String: String]) -> String {
        TokenForge.token(TokenForge.header, TokenForge.payload(members))
    }

    /// Seen by what only a remembered token does: it is not asked again whether it has begun.
    @Test func aSecondLookUpDoesNotVerify() throws {
        var cache = TokenCache()
        let token = Self.token(["nbf": "\(TokenForge.seconds)"])
        let first = try cache.verdict(token, ring: Self.ring).get()
        let earlier = TokenForge.now - .seconds(300)
        #expect(try cache.verdict(token, ring: Self.ring, now: earlier).get() == first)
        #expect(TokenForge.plain.verdict(token, now: earlier).fault == .notYetValid)
        #expect(cache.count == 1 && cache.bytesHeld == token.utf8.count)
    }

    @Test func aRememberedTokenExpires() {
        var cache = TokenCache()
        let token = TokenForge.token()
        let end = Timestamp(microseconds: (TokenForge.seconds + 3_600) * 1_000_000)
        let before = Timestamp(microseconds: end.microseconds - 1)
        #expect(cache.verdict(token, ring: Self.ring, now: before).fault == nil)
        #expect(cache.verdict(token, ring: Self.ring, now: before).fault == nil)
        #expect(cache.verdict(token, ring: Self.ring, now: end).fault == .expired)
    }

    @Test func aRememberedTokenEndsWithItsKey() {
        let ring = KeyRing(TokenForge.plain)
        var cache = TokenCache()
        let token = TokenForge.token()
        #expect(cache.verdict(token, ring: ring).fault == nil)
        ring.replace(TokenForge.verifier("some other secret of more than 32 bytes"))
        #expect(cache.verdict(token, ring: ring).fault == .wrongSignature)
        #expect(cache.count == 0, "nothing of the key before is kept")
    }

    /// Rotation: the new key in front, the old one out later; nobody is refused before.
    @Test func keysRotateWithoutARefusal() throws {
        let (old, new) = (TokenForge.secret, "the secret that comes after, of 40 bytes")
        let steps = [#"{"a":"\#(old)"}"#, #"{"b":"\#(new)","a":"\#(old)"}"#, #"{"b":"\#(new)"}"#]
        let keys = try steps.map { try TokenKeys($0) }
        let ring = KeyRing(TokenVerifier(keys: keys[0], issuer: nil, audience: nil))
        var cache = TokenCache()
        func minted(_ keys: TokenKeys) throws -> String {
            try TokenMint(keys: keys).token(subject: "s", scope: "", now: TokenForge.now, lifetime: .seconds(60))
        }
        let (before, after) = (try minted(keys[0]), try minted(keys[1]))
        #expect(cache.verdict(before, ring: ring).fault == nil && cache.verdict(after, ring: ring).fault == .unknownKey)
        ring.replace(TokenVerifier(keys: keys[1], issuer: nil, audience: nil))
        #expect(cache.verdict(before, ring: ring).fault == nil && cache.verdict(after, ring: ring).fault == nil)
        ring.replace(TokenVerifier(keys: keys[2], issuer: nil, audience: nil))
        #expect(cache.verdict(before, ring: ring).fault == .unknownKey && cache.verdict(after, ring: ring).fault == nil)
    }

    @Test func anotherRingIsAnother() {
        var cache = TokenCache()
        let token = TokenForge.token()
        let other = KeyRing(TokenForge.verifier("some other secret of more than 32 bytes"))
        #expect(cache.verdict(token, ring: Self.ring).fault == nil)
        #expect(cache.verdict(token, ring: other).fault == .wrongSignature)
        #expect(cache.verdict(token, ring: Self.ring).fault == nil)
    }

    /// The end of a token is where it is looked for; all of it is what lets it in.
    @Test func aForgedTokenUnderARememberedSignatureIsRefused() {
        var cache = TokenCache()
        let token = TokenForge.token()
        let signature = token.suffix(43)
        #expect(cache.verdict(token, ring: Self.ring).fault == nil)
        let payload = TokenForge.payload(["scope": #""admin""#])
        let forged = "\(TokenForge.base64(TokenForge.header)).\(TokenForge.base64(payload)).\(signature)"
        #expect(cache.verdict(forged, ring: Self.ring).fault == .wrongSignature)
        // As long as the token, and different in one byte of the payload only.
        let sameLength = Self.token(["sub": #""shop-8""#]).dropLast(43) + signature
        #expect(sameLength.utf8.count == token.utf8.count)
        #expect(cache.verdict(String(sameLength), ring: Self.ring).fault == .wrongSignature)
        #expect(cache.count == 1, "refused tokens are not remembered")
    }

    @Test func tooShortToLookForIsRefused() {
        var cache = TokenCache()
        for length in 0..<16 {
            #expect(cache.verdict([UInt8](repeating: 0, count: length), ring: Self.ring).fault == .malformed)
        }
    }

    @Test func remembersNoMoreThanItsBound() {
        var cache = TokenCache()
        for index in 0..<ServerLimits.tokensRemembered * 2 {
            #expect(cache.verdict(Self.token(["sub": "\"\(index)\""]), ring: Self.ring).fault == nil)
        }
        #expect(cache.count <= ServerLimits.tokensRemembered)
        #expect(cache.count > ServerLimits.tokensRemembered / 2, "and uses it")
    }

    @Test func longTokensTakeNoMoreThanTheirBytes() {
        var cache = TokenCache()
        let filling = String(repeating: "x", count: 2_700)
        for index in 0..<1_000 {
            let token = Self.token(["sub": "\"\(index)\"", "x": "\"\(filling)\""])
            #expect(cache.verdict(token, ring: Self.ring).fault == nil)
            #expect(cache.bytesHeld <= ServerLimits.tokenBytesRemembered)
        }
        #expect(cache.bytesHeld > ServerLimits.tokenBytesRemembered / 2)
    }

    /// What is remembered is what was verified, however places are taken and given up.
    @Test func saysOfEachTokenWhatItSays() throws {
        var cache = TokenCache()
        let tokens = (0..<6_000).map { Self.token(["sub": "\"\($0)\""]) }
        for _ in 0..<2 {
            for (index, token) in tokens.enumerated() {
                #expect(try cache.verdict(token, ring: Self.ring).get().subject == "\(index)")
            }
        }
    }
}
