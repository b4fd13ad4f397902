public import DealHealthCore
import NIOCore

/// Makes tokens that our own verifier takes.
public struct TokenMint: Sendable {
    /// Why no token was made, in words for the one who asked.
    public struct Refusal: Error, Sendable, CustomStringConvertible {
        public let message: String

        init(message: String) {
            self.message = message
        }

        fileprivate init(_ fault: TokenFault) {
            self.init(message: "the token would be refused: \(fault.rawValue)")
        }

        public var description: String {
            message
        }
    }

    private let keys: TokenKeys
    private let issuer: String?
    private let audience: String?

    /// Signs with the first of `keys`; `issuer` and `audience` are what the server that shall take the tokens was told.
    public init(keys: TokenKeys, issuer: String? = nil, audience: String? = nil) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
    }

    /// A token for `subject`, valid from `now` for `lifetime` (whole seconds of both), with the words of `scope`.
    ///
    /// - Throws: for a word that is no scope of ours, and for what the verifier would refuse: a subject or lifetime that is too long.
    public func token(
        subject: String, scope: String, now: Timestamp, lifetime: Duration
    ) throws(Refusal) -> String {
        for word in scope.utf8.split(separator: UInt8(ascii: " ")) where Scope(word: word) == nil {
            let known = Scope.words.map(\.word).joined(separator: ", ")
            throw Refusal(message: "\(String(decoding: word, as: UTF8.self)) is no scope; there are \(known)")
        }
        guard lifetime <= ServerLimits.tokenLifetimeMax else { throw Refusal(.lifetimeTooLong) }
        let payload = payload(subject: subject, scope: scope, now: now, lifetime: lifetime)
        let text = signed(header: header(), payload: payload)
        if let fault = fault(of: text, now: now) { throw Refusal(fault) }
        return text
    }

    /// Why our own verifier would refuse a token; nil when it takes it.
    private func fault(of token: String, now: Timestamp) -> TokenFault? {
        let verifier = TokenVerifier(keys: keys, issuer: issuer, audience: audience)
        return Array(token.utf8).withUnsafeBytes { token in
            do throws(TokenFault) {
                _ = try verifier.verify(token, now: now)
                return nil
            } catch {
                return error
            }
        }
    }

    private func header() -> JSONWriter {
        var json = JSONWriter()
        json.beginObject()
        json.key("alg")
        json.string("HS256")
        json.key("typ")
        json.string("JWT")
        if let id = keys.signing.id {
            json.key("kid")
            json.string(String(decoding: id, as: UTF8.self))
        }
        json.endObject()
        return json
    }

    private func payload(subject: String, scope: String, now: Timestamp, lifetime: Duration) -> JSONWriter {
        let issuedAt = now.microseconds / 1_000_000
        var json = JSONWriter()
        json.beginObject()
        json.key("sub")
        json.string(subject)
        json.key("scope")
        json.string(scope)
        json.key("iat")
        json.integer(issuedAt)
        json.key("exp")
        json.integer(issuedAt + lifetime.components.seconds)
        if let issuer {
            json.key("iss")
            json.string(issuer)
        }
        if let audience {
            json.key("aud")
            json.string(audience)
        }
        json.endObject()
        return json
    }

    private func signed(header: JSONWriter, payload: JSONWriter) -> String {
        let parts = [header, payload].map { Base64URL.encode(Array($0.buffer.readableBytesView)) }
        let input = parts.joined(separator: ".")
        return input + "." + Base64URL.encode(keys.signing.signature(of: Array(input.utf8)))
    }
}
