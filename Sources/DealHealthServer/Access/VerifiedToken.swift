import DealHealthCore

/// What a token says of its bearer, once it is known to be ours and in time.
struct VerifiedToken: Sendable, Equatable {
    /// The claim `sub`, 1–255 bytes without control characters.
    var subject: String
    var scopes: Scope
    /// The claim `exp`: the token is valid before this instant only.
    var expiresAt: Timestamp
}
