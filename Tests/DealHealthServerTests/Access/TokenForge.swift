import Crypto
import DealHealthCore
import Foundation

@testable import DealHealthServer

/// Tokens of any form, good and bad, made without the code under test: base64 is Foundation's, and the text of header and payload is
/// what the test says.
struct TokenForge {
    /// 2026-05-28T20:26:40Z.
    static let seconds: Int64 = 1_780_000_000
    static let now = Timestamp(microseconds: seconds * 1_000_000 + 250_000)
    static let secret = "an issuer's secret of 41 bytes, as it is."
    static let header = #"{"alg":"HS256","typ":"JWT"}"#

    /// The one key without an id.
    static let plain = verifier(secret)
    /// Two keys with ids, of which "old" signed until the other came.
    static let several = verifier(#"{"K-new":"\#(secret)","old":"another secret of more than 32 bytes"}"#)
    /// An issuer and a name of our own.
    static let bound = verifier(secret, issuer: "https://id.example", audience: "dealhealth")

    static func verifier(_ secret: String, issuer: String? = nil, audience: String? = nil) -> TokenVerifier {
        // A test that gets this wrong must not go on.
        guard let keys = try? TokenKeys(secret) else { preconditionFailure("the test's keys are unusable") }
        return TokenVerifier(keys: keys, issuer: issuer, audience: audience)
    }

    /// A payload that is taken; `changing` replaces the text of members, or takes them out with an empty text.
    static func payload(_ changing: [String: String] = [:]) -> String {
        var members = [
            "sub": #""shop-7""#, "scope": #""deals:read events:write""#, "iat": "\(seconds)",
            "exp": "\(seconds + 3_600)",
        ]
        members.merge(changing) { $1 }
        return "{"
            + members.filter { !$1.isEmpty }.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
            + "}"
    }

    /// A token of this text, signed with HS256.
    static func token(_ header: String = header, _ payload: String = payload(), secret: String = secret) -> String {
        signed(base64(header) + "." + base64(payload), secret: secret)
    }

    /// The bytes before the signature, and the signature of HS256.
    static func signed(_ input: String, secret: String = secret) -> String {
        input + "." + base64(signature(of: input, secret: secret, SHA256.self))
    }

    static func signature<Hash: HashFunction>(of input: String, secret: String = secret, _ hash: Hash.Type) -> Data {
        Data(HMAC<Hash>.authenticationCode(for: Data(input.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }

    static func base64(_ text: String) -> String {
        base64(Data(text.utf8))
    }

    static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}

extension TokenVerifier {
    /// What a verifier says of a token, at the time of the tests.
    func verdict(_ token: [UInt8], now: Timestamp = TokenForge.now) -> Result<VerifiedToken, TokenFault> {
        token.withUnsafeBytes { bytes in
            do throws(TokenFault) {
                return .success(try verify(bytes, now: now))
            } catch {
                return .failure(error)
            }
        }
    }

    func verdict(_ token: String, now: Timestamp = TokenForge.now) -> Result<VerifiedToken, TokenFault> {
        verdict(Array(token.utf8), now: now)
    }
}

extension Result where Failure == TokenFault {
    /// Why a token was refused; nil when it was taken.
    var fault: TokenFault? {
        if case .failure(let fault) = self { return fault }
        return nil
    }
}
