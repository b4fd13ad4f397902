import DealHealthCore
struct Scope: OptionSet, Sendable, CustomStringConvertible { let rawValue: UInt8
  static let readDeals = Scope(rawValue: 1), writeEvents = Scope(rawValue: 2), admin = Scope(rawValue: 4)
  func allows(_ s: Scope) -> Bool { isSuperset(of: s) } ; var description: String { "x" } }
enum TokenFault: Error { case x }
public final class KeyRing: Sendable {}
struct VerifiedToken { var subject: String; var scopes: Scope; var expiresAt: Timestamp }
struct TokenCache { init() {}
 mutating func identity(of token: UnsafeRawBufferPointer, ring: KeyRing, now: Timestamp) throws(TokenFault) -> VerifiedToken { throw .x } }
