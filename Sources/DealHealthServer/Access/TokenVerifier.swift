import DealHealthCore

/// Tells whether a token is ours: a JWT (RFC 7519) in compact form, signed with HS256 by a key that we hold, in time, from our
/// issuer and for us. The rules follow RFC 8725, and where a standard leaves a choice, the narrower one.
///
/// Over swift-crypto's HMAC and not with jwt-kit: requests are answered on an event loop's thread, which must not wait for the actor
/// that verifies there; and jwt-kit takes forms that are refused here, such as a member that comes twice, where two readers may see
/// two tokens, and times with a fraction.
///
/// A token is taken if and only if
/// - it has at most 4 KiB, of which 512 bytes are header, and three parts, each in base64url without padding and without bits that
///   stand for nothing;
/// - header and payload are JSON objects without duplicate members at any depth;
/// - the header has `alg` "HS256", `typ` "JWT" in any case or none, the `kid` of a key in use (none, where the only key has none), and none
///   of the parameters that name a key elsewhere or change how the token is to be read. Others are ignored (RFC 7515 §4);
/// - the signature is that of the header and payload as they stand there;
/// - `exp`, `nbf` and `iat` are integer literals from 0: the exact instants, with no rounding for two readers to disagree on. `exp` is
///   there, later than now and not too far ahead; the others may be missing or up to `ServerLimits.tokenClockTolerance` in the future;
/// - `iss` is a string, if it is there; it is ours, where we have one;
/// - `aud`, a string or an array of strings, names us; where we have no name it is missing (RFC 7519 §4.1.3);
/// - `sub` is a string, as `VerifiedToken` says; `jti` is one, if it is there;
/// - `scope` is a string.
struct TokenVerifier: Sendable {
    private var keys: TokenKeys
    private let issuer: [UInt8]?
    private let audience: [UInt8]?

    /// Verifies with `keys`. `issuer` and `audience` are what `iss` and `aud` must say; nil where anyone may issue, or there is no name for us.
    init(keys: TokenKeys, issuer: String?, audience: String?) {
        self.keys = keys
        self.issuer = issuer.map { Array($0.utf8) }
        self.audience = audience.map { Array($0.utf8) }
    }

    /// The same, but for the keys.
    func with(_ keys: TokenKeys) -> TokenVerifier {
        var other = self
        other.keys = keys
        return other
    }

    /// What the token says, if it is valid at `now`. Takes some microseconds and waits for nothing.
    func verify(_ token: UnsafeRawBufferPointer, now: Timestamp) throws(TokenFault) -> VerifiedToken {
        guard token.count <= ServerLimits.tokenBytesMax else { throw .tooLong }
        let parts = try CompactToken(token)
        let key = try key(for: parts.header())
        // Nothing of the payload is read before it is known to be of our making.
        guard key.isValid(try parts.signature(), of: parts.signingInput) else { throw .wrongSignature }
        return try identity(parts.payload(), now: now)
    }

    // MARK: header

    /// Parameters that name a key elsewhere, or change what the payload or the signature is (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7797).
    private static let refusedParameters: [StaticString] = [
        "crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc",
    ]

    private func key(for header: JSONObject) throws(TokenFault) -> TokenKeys.Key {
        guard header["alg"] == .string(Array("HS256".utf8)) else { throw .unsupportedAlgorithm }
        guard Self.refusedParameters.allSatisfy({ header[$0] == nil }), Self.isJWT(header["typ"]) else {
            throw .unsupportedHeader
        }
        let id: [UInt8]?
        switch header["kid"] {
        case nil: id = nil
        case .string(let bytes): id = bytes
        default: throw .unknownKey
        }
        guard let key = keys.key(id) else { throw .unknownKey }
        return key
    }

    private static func isJWT(_ type: JSONObject.Value?) -> Bool {
        switch type {
        case nil: true
        // This bit is all in which a letter differs from its capital, and nothing else becomes a letter with it.
        case .string(let bytes): bytes.lazy.map { $0 | 0x20 }.elementsEqual("jwt".utf8)
        default: false
        }
    }

    // MARK: payload

    private func identity(_ claims: JSONObject, now: Timestamp) throws(TokenFault) -> VerifiedToken {
        let expiresAt = try expiry(claims, now: now)
        try checkStart(claims["nbf"], now: now)
        try checkStart(claims["iat"], now: now)
        try checkIssuer(claims["iss"])
        try checkAudience(claims["aud"])
        let subject = try subject(claims)
        guard case .string(let scope) = claims["scope"] else { throw .invalidScope }
        return VerifiedToken(subject: subject, scopes: Scope(claim: scope), expiresAt: expiresAt)
    }

    private func expiry(_ claims: JSONObject, now: Timestamp) throws(TokenFault) -> Timestamp {
        guard case .integer(let seconds) = claims["exp"], seconds >= 0 else { throw .invalidTime }
        // In whole seconds, which cannot overflow: an integer is greater than a number if it is greater than its integer part.
        guard seconds > now.wholeSeconds else { throw .expired }
        guard seconds <= (now + ServerLimits.tokenLifetimeMax).wholeSeconds else { throw .lifetimeTooLong }
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    private func checkStart(_ claim: JSONObject.Value?, now: Timestamp) throws(TokenFault) {
        guard let claim else { return }
        guard case .integer(let seconds) = claim, seconds >= 0 else { throw .invalidTime }
        guard seconds <= (now + ServerLimits.tokenClockTolerance).wholeSeconds else { throw .notYetValid }
    }

    private func checkIssuer(_ claim: JSONObject.Value?) throws(TokenFault) {
        switch claim {
        case nil: guard issuer == nil else { throw .wrongIssuer }
        case .string(let bytes): guard issuer == nil || issuer == bytes else { throw .wrongIssuer }
        default: throw .wrongIssuer
        }
    }

    private func checkAudience(_ claim: JSONObject.Value?) throws(TokenFault) {
        guard let audience else {
            guard claim == nil else { throw .wrongAudience }
            return
        }
        switch claim {
        case .string(let name): guard name == audience else { throw .wrongAudience }
        case .strings(let names): guard names.contains(audience) else { throw .wrongAudience }
        default: throw .wrongAudience
        }
    }

    private func subject(_ claims: JSONObject) throws(TokenFault) -> String {
        if let identifier = claims["jti"] {
            guard case .string = identifier else { throw .invalidIdentity }
        }
        guard case .string(let bytes) = claims["sub"], !bytes.isEmpty,
            bytes.count <= ServerLimits.tokenSubjectBytesMax, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .invalidIdentity }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Timestamp {
    /// Whole seconds since 1970, which instants that tokens name are in.
    fileprivate var wholeSeconds: Int64 {
        microseconds / 1_000_000
    }
}
