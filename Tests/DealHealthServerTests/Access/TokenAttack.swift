import Crypto
import Foundation
import Testing

@testable import DealHealthServer

/// A token that must be refused, and for what reason: another reason would mean that the attack was not made, or got further than it may.
struct TokenAttack: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: TokenFault
    var verifier: TokenVerifier
    var token: String

    init(_ name: String, _ fault: TokenFault, by verifier: TokenVerifier = TokenForge.plain, _ token: String) {
        self.name = name
        self.fault = fault
        self.verifier = verifier
        self.token = token
    }

    var testDescription: String {
        name
    }

    static let all = algorithm + header + keyID + signature + form + time + origin + content

    /// A token that is right but for its header, which has the members of `text` beside its algorithm.
    private static func header(_ name: String, _ text: String, _ fault: TokenFault = .unsupportedHeader) -> TokenAttack
    {
        TokenAttack(name, fault, TokenForge.token(#"{"alg":"HS256","typ":"JWT",\#(text)}"#))
    }

    /// A token that is right but for its whole header.
    private static func whole(_ name: String, _ fault: TokenFault, _ header: String) -> TokenAttack {
        TokenAttack(name, fault, TokenForge.token(header))
    }

    /// A token that is right but for one member of its payload; an empty text takes it out.
    private static func claim(
        _ name: String, _ fault: TokenFault, by verifier: TokenVerifier = TokenForge.plain, _ members: [String: String]
    ) -> TokenAttack {
        TokenAttack(name, fault, by: verifier, TokenForge.token(TokenForge.header, TokenForge.payload(members)))
    }

    /// A token that is right but for its whole payload.
    private static func payload(_ name: String, _ fault: TokenFault, _ text: String) -> TokenAttack {
        TokenAttack(name, fault, TokenForge.token(TokenForge.header, text))
    }

    // MARK: algorithm

    static let algorithm: [TokenAttack] = {
        let body = TokenForge.base64(TokenForge.payload())
        func named(_ algorithm: String) -> String { TokenForge.token(#"{"alg":\#(algorithm),"typ":"JWT"}"#) }
        func signedBy<Hash: HashFunction>(_ algorithm: String, _ hash: Hash.Type) -> String {
            let input = TokenForge.base64(#"{"alg":"\#(algorithm)","typ":"JWT"}"#) + "." + body
            return input + "." + TokenForge.base64(TokenForge.signature(of: input, hash))
        }
        return [
            TokenAttack(
                "alg none, no signature", .unsupportedAlgorithm, "\(TokenForge.base64(#"{"alg":"none"}"#)).\(body)."),
            TokenAttack("alg none, signed all the same", .unsupportedAlgorithm, named(#""none""#)),
            TokenAttack("alg None", .unsupportedAlgorithm, named(#""None""#)),
            TokenAttack("alg NONE", .unsupportedAlgorithm, named(#""NONE""#)),
            TokenAttack("alg nOnE", .unsupportedAlgorithm, named(#""nOnE""#)),
            TokenAttack("alg missing", .unsupportedAlgorithm, TokenForge.token(#"{"typ":"JWT"}"#)),
            TokenAttack("alg null", .unsupportedAlgorithm, named("null")),
            TokenAttack("alg empty", .unsupportedAlgorithm, named(#""""#)),
            TokenAttack("alg in small letters", .unsupportedAlgorithm, named(#""hs256""#)),
            TokenAttack("alg with a space", .unsupportedAlgorithm, named(#""HS256 ""#)),
            TokenAttack("alg with a NUL", .unsupportedAlgorithm, named(#""HS256\u0000""#)),
            TokenAttack("alg an array", .unsupportedAlgorithm, named(#"["HS256"]"#)),
            TokenAttack("alg an object", .unsupportedAlgorithm, named(#"{"HS256":true}"#)),
            TokenAttack("alg a number", .unsupportedAlgorithm, named("256")),
            TokenAttack("Alg with a capital", .unsupportedAlgorithm, TokenForge.token(#"{"Alg":"HS256"}"#)),
            TokenAttack("alg RS256 over an HMAC", .unsupportedAlgorithm, named(#""RS256""#)),
            TokenAttack("alg ES256 over an HMAC", .unsupportedAlgorithm, named(#""ES256""#)),
            TokenAttack("alg PS256 over an HMAC", .unsupportedAlgorithm, named(#""PS256""#)),
            TokenAttack("alg EdDSA over an HMAC", .unsupportedAlgorithm, named(#""EdDSA""#)),
            TokenAttack("HS384 with the right key", .unsupportedAlgorithm, signedBy("HS384", SHA384.self)),
            TokenAttack("HS512 with the right key", .unsupportedAlgorithm, signedBy("HS512", SHA512.self)),
            TokenAttack("HS256 named, HS512 made", .wrongSignature, signedBy("HS256", SHA512.self)),
            TokenAttack("HS256 named, HS1 made", .wrongSignature, signedBy("HS256", Insecure.SHA1.self)),
            TokenAttack("alg twice, the second none", .malformed, TokenForge.token(#"{"alg":"HS256","alg":"none"}"#)),
            TokenAttack("alg twice, the first none", .malformed, TokenForge.token(#"{"alg":"none","alg":"HS256"}"#)),
            TokenAttack("alg twice, once escaped", .malformed, TokenForge.token(#"{"alg":"HS256","\u0061lg":"none"}"#)),
            TokenAttack(
                "the public key as secret", .wrongSignature,
                TokenForge.token(secret: "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI\n-----END PUBLIC KEY-----\n")
            ),
        ]
    }()

    // MARK: header

    static let header: [TokenAttack] = [
        header("a header of hundreds of members", (0..<300).map { #""\#($0)":1"# }.joined(separator: ","), .tooLong),
        header("crit empty", #""crit":[]"#),
        header("crit with what we know", #""crit":["exp"]"#),
        header("crit with what nobody knows", #""crit":["https://example/x"],"https://example/x":1"#),
        TokenAttack(
            "jwk with the attacker's own key", .unsupportedHeader,
            TokenForge.token(
                #"{"alg":"HS256","jwk":{"kty":"oct","k":"YXR0YWNrZXJhdHRhY2tlcmF0dGFja2VyYXR0YWNrZXI"}}"#,
                secret: "attackerattackerattackerattacker")),
        header("jwk null", #""jwk":null"#),
        header("jku", #""jku":"https://evil.example/keys""#),
        header("jku of this machine", #""jku":"file:///etc/hostname""#),
        header("x5u", #""x5u":"https://evil.example/cert""#),
        header("x5c", #""x5c":["MIIB"]"#),
        header("x5t", #""x5t":"AAAA""#),
        header("x5t#S256", #""x5t#S256":"AAAA""#),
        header("jku escaped", #""\u006aku":"https://evil.example/keys""#),
        header("b64 false", #""b64":false"#),
        header("b64 true", #""b64":true"#),
        header("zip", #""zip":"DEF""#),
        header("enc", #""enc":"A128CBC-HS256""#),
        whole("typ of another kind of token", .unsupportedHeader, #"{"alg":"HS256","typ":"at+jwt"}"#),
        whole("typ JOSE", .unsupportedHeader, #"{"alg":"HS256","typ":"JOSE"}"#),
        whole("typ with a tail", .unsupportedHeader, #"{"alg":"HS256","typ":"JWT\u0000"}"#),
        whole("typ a number", .unsupportedHeader, #"{"alg":"HS256","typ":1}"#),
        whole("typ null", .unsupportedHeader, #"{"alg":"HS256","typ":null}"#),
        whole("header an array", .malformed, #"[{"alg":"HS256"}]"#),
        whole("header a string", .malformed, #""HS256""#),
        whole("header null", .malformed, "null"),
        whole("header empty", .malformed, ""),
        whole("header with a tail", .malformed, #"{"alg":"HS256"}{"alg":"none"}"#),
        whole("header with a NUL behind", .malformed, "{\"alg\":\"HS256\"}\u{0}"),
        whole("header after a byte order mark", .malformed, "\u{FEFF}{\"alg\":\"HS256\"}"),
        whole("header with a comment", .malformed, #"{"alg":"HS256"/**/}"#),
        whole("header with single quotes", .malformed, "{'alg':'HS256'}"),
        whole("header with a comma at the end", .malformed, #"{"alg":"HS256",}"#),
        whole("header with half a surrogate pair", .malformed, #"{"alg":"HS256","x":"\ud800"}"#),
        whole("header nested deep", .malformed, #"{"alg":"HS256","x":\#(String(repeating: "[", count: 300))"#),
        header("header nested too deep, closed", #""x":\#(brackets(150))"#, .malformed),
        TokenAttack("header in UTF-16", .malformed, headerInUTF16),
    ]

    private static var headerInUTF16: String {
        let header = Data(TokenForge.header.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] })
        return TokenForge.signed(TokenForge.base64(header) + "." + TokenForge.base64(TokenForge.payload()))
    }

    private static func brackets(_ count: Int) -> String {
        String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }

    // MARK: kid

    static let keyID: [TokenAttack] = {
        let old = "another secret of more than 32 bytes"
        func naming(_ id: String, secret: String = TokenForge.secret) -> String {
            TokenForge.token(#"{"alg":"HS256","kid":\#(id)}"#, secret: secret)
        }
        let several = TokenForge.several
        return [
            TokenAttack("kid where the key has none", .unknownKey, naming(#""K-new""#)),
            TokenAttack("kid empty where the key has none", .unknownKey, naming(#""""#)),
            TokenAttack("kid null where the key has none", .unknownKey, naming("null")),
            TokenAttack("kid missing", .unknownKey, by: several, TokenForge.token()),
            TokenAttack("kid unknown", .unknownKey, by: several, naming(#""K-other""#)),
            TokenAttack("kid empty", .unknownKey, by: several, naming(#""""#)),
            TokenAttack("kid null", .unknownKey, by: several, naming("null")),
            TokenAttack("kid a number", .unknownKey, by: several, naming("0")),
            TokenAttack("kid an array", .unknownKey, by: several, naming(#"["K-new"]"#)),
            TokenAttack("kid an object", .unknownKey, by: several, naming(#"{"K-new":1}"#)),
            TokenAttack(
                "kid a path, signed with nothing", .unknownKey, by: several, naming(#""../../dev/null""#, secret: "")),
            TokenAttack(
                "kid an injection", .unknownKey, by: several,
                naming(#""x' UNION SELECT 'secret' -- ""#, secret: "secret")),
            TokenAttack("kid a command", .unknownKey, by: several, naming(#""K-new;id""#)),
            TokenAttack("kid of other case", .unknownKey, by: several, naming(#""k-new""#)),
            TokenAttack("kid that only looks the same", .unknownKey, by: several, naming(#""\u212a-new""#)),
            TokenAttack("kid with a NUL", .unknownKey, by: several, naming(#""K-new\u0000""#)),
            TokenAttack("kid with a space", .unknownKey, by: several, naming(#"" K-new""#)),
            TokenAttack("kid a prefix", .unknownKey, by: several, naming(#""K-ne""#)),
            TokenAttack(
                "kid twice", .malformed, by: several, TokenForge.token(#"{"alg":"HS256","kid":"old","kid":"K-new"}"#)),
            TokenAttack("kid of the other key", .wrongSignature, by: several, naming(#""old""#)),
            TokenAttack(
                "kid of the other key, the other way", .wrongSignature, by: several, naming(#""K-new""#, secret: old)),
            TokenAttack(
                "rotated key", .unknownKey, by: TokenForge.verifier(#"{"K-new":"\#(TokenForge.secret)"}"#),
                naming(#""old""#, secret: old)),
            TokenAttack(
                "rotated key under the new name", .wrongSignature,
                by: TokenForge.verifier(#"{"K-new":"\#(TokenForge.secret)"}"#),
                naming(#""K-new""#, secret: old)),
            TokenAttack(
                "secret replaced under its name", .wrongSignature,
                by: TokenForge.verifier(#"{"old":"\#(TokenForge.secret)"}"#),
                naming(#""old""#, secret: old)),
        ]
    }()

    // MARK: signature

    static let signature: [TokenAttack] = {
        let good = TokenForge.token()
        let input = String(good.dropLast(44))
        let signature = TokenForge.signature(of: input, SHA256.self)
        let longer = signature + Data([0])
        let doubled = signature + signature
        let flipped = signature.dropLast() + Data([signature[31] ^ 1])
        let hexadecimal = signature.map { String(format: "%02x", $0) }.joined()
        func signed(by secret: String) -> String { TokenForge.token(secret: secret) }
        func with(_ bytes: Data) -> String { input + "." + TokenForge.base64(bytes) }
        let other = TokenForge.token(TokenForge.header, TokenForge.payload(["sub": #""other""#]))
        return [
            TokenAttack("no signature", .wrongSignature, "\(input)."),
            TokenAttack("signature of zeros", .wrongSignature, with(Data(count: 32))),
            TokenAttack("signature a byte short", .wrongSignature, with(signature.dropLast())),
            TokenAttack("signature a byte long", .wrongSignature, with(longer)),
            TokenAttack("signature of one byte", .wrongSignature, with(signature.prefix(1))),
            TokenAttack("signature twice", .wrongSignature, with(doubled)),
            TokenAttack("signature backwards", .wrongSignature, with(Data(signature.reversed()))),
            TokenAttack("signature with a flipped bit", .wrongSignature, with(flipped)),
            TokenAttack("signature in hexadecimal", .wrongSignature, "\(input).\(hexadecimal)"),
            TokenAttack("signature of another token", .wrongSignature, "\(input).\(other.suffix(43))"),
            TokenAttack(
                "signature of the payload alone", .wrongSignature,
                with(TokenForge.signature(of: TokenForge.payload(), SHA256.self))),
            TokenAttack("a hash without a key", .wrongSignature, with(Data(SHA256.hash(data: Data(input.utf8))))),
            TokenAttack("another secret", .wrongSignature, signed(by: "some other secret of more than 32 bytes")),
            TokenAttack("no secret", .wrongSignature, signed(by: "")),
            TokenAttack("the secret and a line feed", .wrongSignature, signed(by: "\(TokenForge.secret)\n")),
            TokenAttack("the secret in capitals", .wrongSignature, signed(by: TokenForge.secret.uppercased())),
            TokenAttack("the secret in base64", .wrongSignature, signed(by: TokenForge.base64(TokenForge.secret))),
            TokenAttack(
                "the secret's first 32 bytes", .wrongSignature, signed(by: String(TokenForge.secret.prefix(32)))),
            TokenAttack("signature with bits that stand for nothing", .malformed, looseEnd(good)),
            TokenAttack("signature with padding", .malformed, "\(good)="),
            TokenAttack("signature with a space", .malformed, "\(good) "),
            TokenAttack("signature with a line feed", .malformed, "\(good)\n"),
            TokenAttack("signature with a NUL", .malformed, "\(good)\u{0}"),
            TokenAttack("signature with two characters too many", .malformed, "\(good)AA"),
            TokenAttack("signature in plain base64", .malformed, "\(input).+/\(good.suffix(41))"),
        ]
    }()

    /// The same bytes in another text: the last of 43 characters has two bits that stand for nothing.
    private static func looseEnd(_ token: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        guard let last = token.last, let value = alphabet.firstIndex(of: last) else { return token }
        return token.dropLast() + String(alphabet[value + 1])
    }

    // MARK: form

    static let form: [TokenAttack] = {
        let good = TokenForge.token()
        let parts = good.split(separator: ".").map(String.init)
        let (head, body, tail) = (parts[0], parts[1], parts[2])
        let admin = TokenForge.base64(TokenForge.payload(["scope": #""admin""#]))
        // White space until the last character of base64 has bits that stand for nothing.
        let spaces = String(repeating: " ", count: 4 - TokenForge.header.utf8.count % 3)
        let loose = looseEnd(TokenForge.base64("\(TokenForge.header)\(spaces)"))
        return [
            TokenAttack("empty", .malformed, ""),
            TokenAttack("dots only", .malformed, ".."),
            TokenAttack("one part", .malformed, head),
            TokenAttack("two parts", .malformed, "\(head).\(body)"),
            TokenAttack("four parts", .malformed, "\(good).\(tail)"),
            TokenAttack("five parts, as of an encrypted one", .malformed, "\(good).AAAA.AAAA"),
            TokenAttack("a dot in front", .malformed, ".\(good)"),
            TokenAttack("a dot behind", .malformed, "\(good)."),
            TokenAttack("two dots between", .malformed, "\(head)..\(body).\(tail)"),
            TokenAttack("a space in front", .malformed, " \(good)"),
            TokenAttack("the scheme in front", .malformed, "Bearer \(good)"),
            TokenAttack("in quotation marks", .malformed, "\"\(good)\""),
            TokenAttack("two tokens", .malformed, "\(good),\(good)"),
            TokenAttack("full-width dots", .malformed, parts.joined(separator: "\u{FF0E}")),
            TokenAttack("dots in percent encoding", .malformed, parts.joined(separator: "%2E")),
            TokenAttack("parts in another order", .unsupportedAlgorithm, "\(body).\(tail).\(head)"),
            TokenAttack(
                "as JSON", .malformed,
                #"{"payload":"\#(body)","protected":"\#(head)","signature":"\#(tail)"}"#),
            TokenAttack("header with padding, signed so", .malformed, TokenForge.signed("\(head)=.\(body)")),
            TokenAttack("header with loose bits, signed so", .malformed, TokenForge.signed("\(loose).\(body)")),
            TokenAttack(
                "header with a space inside, signed so", .malformed,
                TokenForge.signed("ey J\(head.dropFirst(3)).\(body)")),
            TokenAttack("payload with padding, signed so", .malformed, TokenForge.signed("\(head).\(body)==")),
            TokenAttack("payload with a line feed, signed so", .malformed, TokenForge.signed("\(head).\(body)\n")),
            TokenAttack(
                "payload in the clear, signed so", .malformed, TokenForge.signed("\(head).\(TokenForge.payload())")),
            TokenAttack("payload empty, signed so", .malformed, TokenForge.signed("\(head).")),
            TokenAttack("payload replaced", .wrongSignature, "\(head).\(admin).\(tail)"),
            TokenAttack(
                "header replaced", .wrongSignature,
                "\(TokenForge.base64(#"{"typ":"JWT","alg":"HS256"}"#)).\(body).\(tail)"),
            TokenAttack("a byte too long", .tooLong, long(4_097)),
            TokenAttack("1 MiB, signed", .tooLong, long(1 << 20)),
            TokenAttack("1 MiB of dots", .tooLong, String(repeating: ".", count: 1 << 20)),
            TokenAttack("4 KiB of dots", .malformed, String(repeating: ".", count: 4_096)),
            TokenAttack("4 KiB of letters", .malformed, String(repeating: "A", count: 4_096)),
        ]
    }()

    /// A token of at least `count` bytes that is right otherwise; of that many exactly, if its base64 can be.
    static func long(_ count: Int) -> String {
        var filling = max(0, count * 3 / 4 - 160)
        while true {
            let token = TokenForge.token(
                TokenForge.header, TokenForge.payload(["x": "\"" + String(repeating: "x", count: filling) + "\""]))
            if token.utf8.count >= count { return token }
            filling += 1
        }
    }

    // MARK: time

    static let time: [TokenAttack] = {
        let now = TokenForge.seconds
        let soon = now + 60
        let tooFar = now + 3_653 * 86_400 + 1
        func exp(_ name: String, _ text: String, _ fault: TokenFault = .invalidTime) -> TokenAttack {
            claim("exp " + name, fault, ["exp": text])
        }
        return [
            exp("missing", ""), exp("null", "null"), exp("true", "true"), exp("a string", "\"\(soon)\""),
            exp("empty", #""""#), exp("an array", "[\(soon)]"), exp("an object", #"{"exp":\#(now + 60)}"#),
            exp("a fraction", "\(soon).5"), exp("a fraction of nothing", "\(soon).0"), exp("with an exponent", "1e10"),
            exp("with an exponent that is infinite", "1e999"), exp("negative", "-\(soon)"), exp("-1", "-1"),
            exp("past 64 bits", "9223372036854775808"), exp("wrapped around", "18446744073709551615"),
            exp("of 400 digits", String(repeating: "9", count: 400)),
            exp("the greatest of 64 bits", "9223372036854775807", .lifetimeTooLong),
            exp("2^53", "9007199254740992", .lifetimeTooLong),
            exp("in milliseconds", "\(soon)000", .lifetimeTooLong),
            exp("a second past ten years", "\(tooFar)", .lifetimeTooLong),
            exp("now", "\(now)", .expired), exp("a second ago", "\(now - 1)", .expired), exp("0", "0", .expired),
            exp("-0", "-0", .expired),
            exp("NaN", "NaN", .malformed), exp("Infinity", "Infinity", .malformed),
            exp("with a zero in front", "0\(soon)", .malformed),
            exp("hexadecimal", "0x7FFFFFFF", .malformed), exp("with a plus", "+\(soon)", .malformed),
            payload("exp twice", .malformed, #"{"exp":\#(now - 60),"exp":\#(now + 60),"scope":"","sub":"a"}"#),
            payload(
                "exp twice, once escaped", .malformed,
                #"{"exp":\#(now - 60),"e\u0078p":\#(now + 60),"scope":"","sub":"a"}"#),
            claim("exp inside another member", .invalidTime, ["exp": "", "x": #"{"exp":\#(now + 60)}"#]),
            claim("EXP in capitals", .invalidTime, ["exp": "", "EXP": "\(soon)"]),
            claim("nbf in 61 s", .notYetValid, ["nbf": "\(now + 61)"]),
            claim("nbf huge", .notYetValid, ["nbf": "9223372036854775807"]),
            claim("nbf past 64 bits", .invalidTime, ["nbf": "9223372036854775808"]),
            claim("nbf a fraction", .invalidTime, ["nbf": "\(now).5"]),
            claim("nbf a string", .invalidTime, ["nbf": "\"\(now)\""]),
            claim("nbf negative", .invalidTime, ["nbf": "-1"]),
            claim("nbf null", .invalidTime, ["nbf": "null"]),
            claim("iat in 61 s", .notYetValid, ["iat": "\(now + 61)"]),
            claim("iat a string", .invalidTime, ["iat": "\"\(now)\""]),
            claim("iat a fraction", .invalidTime, ["iat": "\(now).0"]),
            claim("iat null", .invalidTime, ["iat": "null"]),
        ]
    }()

    // MARK: iss, aud

    static let origin: [TokenAttack] = {
        let issuer = #""https://id.example""#
        let ours = #""dealhealth""#
        func iss(_ name: String, _ text: String) -> TokenAttack {
            claim("iss " + name, .wrongIssuer, by: TokenForge.bound, ["iss": text, "aud": ours])
        }
        func aud(_ name: String, _ text: String) -> TokenAttack {
            claim("aud " + name, .wrongAudience, by: TokenForge.bound, ["iss": issuer, "aud": text])
        }
        return [
            iss("missing", ""), iss("null", "null"), iss("empty", #""""#),
            iss("of another", #""https://evil.example""#),
            iss("an array with ours", "[\(issuer)]"), iss("with a slash", #""https://id.example/""#),
            iss("of other case", #""https://ID.example""#), iss("a prefix", #""https://id.exampl""#),
            iss("that goes on", #""https://id.example.evil.example""#),
            iss("with a NUL", #""https://id.example\u0000""#),
            iss("that only looks the same", #""https://id.e\u200bxample""#),
            claim("iss a number, where any is taken", .wrongIssuer, ["iss": "1"]),
            aud("missing", ""), aud("null", "null"), aud("empty", #""""#), aud("of another", #""other""#),
            aud("an empty array", "[]"), aud("an array of others", #"["a","b"]"#),
            aud("an array with a number and ours", "[1,\(ours)]"),
            aud("an array with null and ours", "[null,\(ours)]"), aud("nested arrays with ours", "[[\(ours)]]"),
            aud("an object with ours", "{\(ours):true}"), aud("a text with ours inside", #""a dealhealth b""#),
            aud("a list in a text", #""dealhealth,other""#), aud("a prefix", #""dealhealt""#),
            aud("of other case", #""DealHealth""#),
            aud("*", #""*""#),
            claim("aud of someone, where we have no name", .wrongAudience, ["aud": #""other""#]),
            claim("aud an empty array, where we have no name", .wrongAudience, ["aud": "[]"]),
            payload(
                "aud twice", .malformed,
                #"{"aud":"dealhealth","aud":"other","exp":\#(TokenForge.seconds + 60),"scope":"","sub":"a"}"#),
        ]
    }()

    // MARK: sub, scope, the payload as a whole

    static let content: [TokenAttack] = {
        func sub(_ name: String, _ text: String, _ fault: TokenFault = .invalidIdentity) -> TokenAttack {
            claim("sub " + name, fault, ["sub": text])
        }
        func scope(_ name: String, _ text: String) -> TokenAttack {
            claim("scope " + name, .invalidScope, ["scope": text])
        }
        let good = TokenForge.payload()
        let open = String(good.dropLast())
        var notUTF8 = Data(#"\#(open),"x":"!!"}"#.utf8)
        notUTF8.replaceSubrange(notUTF8.count - 4..<notUTF8.count - 2, with: [0xC0, 0xAE])
        return [
            sub("missing", ""), sub("null", "null"), sub("empty", #""""#), sub("a number", "7"),
            sub("an array", #"["a"]"#),
            sub("of 256 bytes", "\"\(String(repeating: "s", count: 256))\""),
            sub("of 255 characters and more bytes", "\"\(String(repeating: "é", count: 128))\""),
            sub("with a line feed", #""a\nb""#), sub("with a NUL", #""a\u0000""#), sub("with a delete", #""a\u007f""#),
            sub("with half a surrogate pair", #""\udc00""#, .malformed),
            claim("jti a number", .invalidIdentity, ["jti": "1"]),
            scope("missing", ""), scope("null", "null"), scope("an array", #"["admin"]"#),
            scope("an object", #"{"admin":true}"#),
            scope("true", "true"),
            payload("payload an array", .malformed, "[\(good)]"), payload("payload a string", .malformed, #""admin""#),
            payload("payload a number", .malformed, "1"), payload("payload null", .malformed, "null"),
            payload("payload of white space", .malformed, " "),
            payload("payload with a tail", .malformed, "\(good)\(good)"),
            payload("payload with a comma at the end", .malformed, "\(open),}"),
            payload("payload not closed", .malformed, open),
            payload("payload after a byte order mark", .malformed, "\u{FEFF}\(good)"),
            payload("payload a token again", .malformed, TokenForge.token()),
            payload("sub twice", .malformed, #"\#(open),"sub":"root"}"#),
            payload("scope twice", .malformed, #"\#(open),"scope":"admin"}"#),
            payload("a member twice, deep inside", .malformed, #"\#(open),"x":[{"y":{"a":1,"a":2}}]}"#),
            payload("nested too deep", .malformed, #"\#(open),"x":\#(brackets(600))}"#),
            TokenAttack(
                "payload not UTF-8", .malformed,
                TokenForge.signed("\(TokenForge.base64(TokenForge.header)).\(TokenForge.base64(notUTF8))")),
        ]
    }()
}
