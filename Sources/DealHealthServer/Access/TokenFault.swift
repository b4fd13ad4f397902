/// Why a token is refused: the `error_description` beside `error="invalid_token"` (RFC 6750 §3.1), in the characters allowed there.
///
/// Nothing here tells more than the bearer can read in his own token.
enum TokenFault: String, Error, Sendable, CaseIterable {
    case tooLong = "the token is too long"
    case malformed = "the token is not a JWT in compact form"
    case unsupportedAlgorithm = "the header must have alg HS256"
    case unsupportedHeader = "the header has a parameter that is not taken"
    case unknownKey = "the header names no key that is in use"
    case wrongSignature = "the signature is wrong"
    case invalidTime = "exp, nbf and iat must be whole seconds since 1970, and exp must be there"
    case expired = "the token has expired"
    case notYetValid = "the token is not valid yet"
    case lifetimeTooLong = "exp is too far ahead"
    case wrongIssuer = "the token is from another issuer"
    case wrongAudience = "the token is for another audience"
    case invalidIdentity = "sub must be a short string without control characters, and jti a string"
    case invalidScope = "scope must be a string"
}
