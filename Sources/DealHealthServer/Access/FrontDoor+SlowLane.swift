import DealHealthEngine
import DealHealthReactor
import HTTPTypes
import Hummingbird
import NIOCore

/// The front door for requests that the slow lane answers.
struct SlowLaneDoor: Sendable {
    let door: FrontDoor
    private let tokens = Locked(TokenCache())

    init(_ door: FrontDoor) {
        self.door = door
    }

    /// Whether a request is admitted to a route; probes are whoever asks.
    func admit(_ request: Request, to route: Route?, from peer: PeerAddress) -> FrontDoor.Passage {
        if route?.requestClass == .observation || !door.asks { return FrontDoor.Passage() }
        let authorization = request.headers[.authorization].map { Array($0.utf8) }
        let forwardedFor = request.headers[.forwardedFor].map { Array($0.utf8) }
        return Self.withBytes(authorization) { authorization in
            Self.withBytes(forwardedFor) { forwardedFor in
                tokens.withLock { tokens in
                    door.admit(
                        authorization: authorization, forwardedFor: forwardedFor, from: peer,
                        needing: route?.scope(for: request.method) ?? [], &tokens)
                }
            }
        }
    }

    private static func withBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body($0) }
    }

    /// Who made a request.
    func visitor(_ request: HTTPFields, _ passage: FrontDoor.Passage, from peer: PeerAddress) -> AccessLog.Visitor {
        let forwardedFor = request[.forwardedFor].map { Array($0.utf8) }
        let address = Self.withBytes(forwardedFor) { door.address(of: peer, forwardedFor: $0) }
        return AccessLog.Visitor(address: address, subject: passage.subject, requestID: request[.requestID])
    }

    /// The fields that an answer carries for who asked, in the order in which `Doorkeeper` writes them.
    func answerFields(_ passage: FrontDoor.Passage, _ request: HTTPFields) -> HTTPFields {
        var fields = HTTPFields()
        if let strictTransport = door.strictTransport { fields[.strictTransportSecurity] = strictTransport }
        if let limiter = door.limiter, let standing = passage.standing {
            fields[.rateLimitPolicy] = limiter.limit.policy
            fields[.rateLimit] = standing.fieldValue
        }
        if let cors = door.cors, let origin = request[.origin] {
            for (name, value) in cors.fields(for: origin) { HTTPField.Name(name).map { fields[$0] = value } }
        }
        for name in [HTTPField.Name.requestID, .traceparent] {
            guard let value = request[name] else { continue }
            if Self.withBytes(Array(value.utf8), { $0.map(FrontDoor.isEchoed) ?? false }) { fields[name] = value }
        }
        return fields
    }
}

extension Route {
    /// What a token must allow to call it; of reads only where they are protected.
    func scope(for method: HTTPRequest.Method) -> Scope {
        switch self {
        case .events, .processEvent, .processEvents, .processBatch: .writeEvents
        case .configUpdate: .admin
        case .scoring where method == .put: .admin
        case .dealHealth, .manyDealsHealth, .dealHistory, .dealExplanation, .deals, .merchantDeals, .retest, .scoring,
            .promotionHealth,
            .promotionHistory, .promotionsByHealth, .merchantPromotions, .queueStats:
            .readDeals
        case .livez, .readyz, .startupz, .health, .metrics, .hotDeals, .openAPI, .docs: []
        }
    }
}

extension PeerAddress {
    /// That of a channel's peer.
    init(_ channel: any Channel) {
        self = channel.remoteAddress?.withSockAddr { address, _ in PeerAddress(address) } ?? .unknown
    }
}

extension HTTPField.Name {
    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a field's name") }
        return name
    }

    static let forwardedFor = named("X-Forwarded-For")
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let requestID = named("X-Request-Id")
    static let traceparent = named("traceparent")
}
