import DealHealthCore
import DealHealthReactor
import HTTPTypes
import NIOCore

/// Who may do what, and how much: asked by both lanes of every request, before any work is done.
final class FrontDoor: Sendable {
    /// Nil where nobody needs a token.
    let keys: KeyRing?
    private let areReadsProtected: Bool
    let limiter: RateLimiter?
    private let proxies: TrustedProxies
    let cors: CORSPolicy?
    /// The value of `Strict-Transport-Security`, which only answers over TLS carry (RFC 6797 §7.2); nil without.
    let strictTransport: String?
    /// Of subjects and of addresses: two keys, so that nobody is taken for an address by name.
    private let subjectKey: HashKey
    private let addressKey: HashKey

    init(_ settings: AccessSettings, isBehindTLS: Bool = false) {
        strictTransport = isBehindTLS ? "max-age=\(ServerLimits.strictTransportSeconds)" : nil
        keys = settings.keys
        areReadsProtected = settings.areReadsProtected
        limiter = settings.rateLimit.map(RateLimiter.init)
        proxies = settings.trustedProxies
        cors = settings.cors
        var random = SystemRandomNumberGenerator()
        subjectKey = HashKey(k0: random.next(), k1: random.next())
        addressKey = HashKey(k0: random.next(), k1: random.next())
    }

    /// Whether `admit` has anything to say of any request.
    var asks: Bool {
        keys != nil || limiter != nil
    }

    /// Who may pass, and how the client stands.
    struct Passage {
        /// Nil when the request is refused.
        var problem: Problem?
        /// Nil where there are no limits, or where who it is could not be told.
        var standing: RateLimiter.Standing?
        /// The client's place in the limiter.
        var client: UInt64 = 0
        /// Whose token it is; nil when there is none.
        var subject: String?
    }

    /// Whether a request is admitted that needs `scope`. A token that is shown must be good, even where none is needed.
    ///
    /// - Parameters:
    ///   - authorization: the value of `Authorization`, if there is one; likewise `forwardedFor`.
    ///   - tokens: those that the calling thread has verified.
    func admit(
        authorization: UnsafeRawBufferPointer?, forwardedFor: UnsafeRawBufferPointer?, from peer: PeerAddress,
        needing scope: Scope, _ tokens: inout TokenCache
    ) -> Passage {
        var passage = Passage()
        if let keys {
            if let token = authorization.flatMap(Self.bearerToken) {
                do throws(TokenFault) {
                    let token = try tokens.identity(of: token, ring: keys, now: .wallClock)
                    passage.subject = token.subject
                    if isNeeded(scope), !token.scopes.allows(scope) { passage.problem = .forbidden(scope) }
                } catch {
                    passage.problem = .invalidToken(error)
                }
            } else if isNeeded(scope) {
                passage.problem = .unauthorized
            }
        }
        guard let limiter else { return passage }
        passage.client = client(passage.subject, peer, forwardedFor)
        let standing = limiter.take(passage.client, at: NIODeadline.now().uptimeNanoseconds)
        passage.standing = standing
        // Limits come first: who guesses at tokens is slowed down.
        if let seconds = standing.retryAfterSeconds { passage.problem = .tooManyRequests(retryAfter: seconds) }
        return passage
    }

    /// Where a request comes from.
    func address(of peer: PeerAddress, forwardedFor: UnsafeRawBufferPointer?) -> PeerAddress {
        proxies.client(of: peer, forwardedFor: forwardedFor)
    }

    /// Charges a client whose request had `count` events for those beyond the first.
    func charge(_ client: UInt64, events count: Int) {
        if count > 1 { limiter?.charge(client, cost: count - 1, at: NIODeadline.now().uptimeNanoseconds) }
    }

    /// The request that was admitted goes to the other lane, which will ask again.
    func giveBack(_ client: UInt64) {
        limiter?.giveBack(client, at: NIODeadline.now().uptimeNanoseconds)
    }

    private func isNeeded(_ scope: Scope) -> Bool {
        scope != [] && (scope != .readDeals || areReadsProtected)
    }

    /// A token's subject, else the address; of an IPv6 one the first half, which is what one customer has (RFC 6177).
    private func client(_ subject: String?, _ peer: PeerAddress, _ forwardedFor: UnsafeRawBufferPointer?) -> UInt64 {
        if var subject {
            return subject.withUTF8 { SipHash.hash64(UnsafeRawBufferPointer($0), key: subjectKey) }
        }
        let address = address(of: peer, forwardedFor: forwardedFor)
        let words = (address.high, address.isIPv4 ? address.low : 0)
        return withUnsafeBytes(of: words) { SipHash.hash64($0, key: addressKey) }
    }

    /// The token in `Bearer <token>` (RFC 6750 §2.1); nil when it is another scheme.
    private static func bearerToken(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let scheme: StaticString = "bearer "
        let count = scheme.utf8CodeUnitCount
        guard value.count > count, value.equalsIgnoringCase(scheme, in: 0..<count) else { return nil }
        return UnsafeRawBufferPointer(rebasing: value[count...])
    }

    /// Whether an answer repeats a request's `X-Request-Id` or `traceparent`: visible ASCII, and no more than anybody needs.
    static func isEchoed(_ value: UnsafeRawBufferPointer) -> Bool {
        !value.isEmpty && value.count <= ServerLimits.echoedFieldBytesMax && value.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// What an operator can choose about who may do what.
public struct AccessSettings: Sendable {
    /// Nil lets everybody in.
    public var keys: KeyRing?
    /// Whether reads need a token too.
    public var areReadsProtected = false
    public var rateLimit: RateLimit?
    public var trustedProxies = TrustedProxies()
    public var cors: CORSPolicy?

    public init() {}
}

extension Problem {
    private static let realm = "Bearer realm=\"dealhealth\""

    /// No token is shown where one is needed.
    static let unauthorized = Problem(
        .unauthorized, .unauthorized, "this call needs a token: Authorization: Bearer <token>"
    )
    .adding(.wwwAuthenticate, realm)

    /// The token that is shown is no good (RFC 6750 §3.1).
    static func invalidToken(_ fault: TokenFault) -> Problem {
        Problem(.unauthorized, .invalidToken, fault.rawValue)
            .adding(.wwwAuthenticate, "\(realm), error=\"invalid_token\", error_description=\"\(fault.rawValue)\"")
    }

    /// The token is good, and for something else.
    static func forbidden(_ scope: Scope) -> Problem {
        let word = Scope.words.first { $0.scope == scope }?.word ?? ""
        return Problem(.forbidden, .insufficientScope, "this call needs a token with the scope \(word)")
            .adding(.wwwAuthenticate, "\(realm), error=\"insufficient_scope\", scope=\"\(word)\"")
    }

    static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        Problem(.tooManyRequests, .rateLimited, "more requests than this client may make; try again in \(seconds) s")
            .retry(afterSeconds: seconds)
    }
}
