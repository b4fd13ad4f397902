import DealHealthReactor

/// The front door as one thread of the fast lane knows it: with the tokens that the thread has verified. Belongs to that thread.
final class Doorkeeper {
    private let door: FrontDoor
    private let policyLine: [UInt8]
    /// The field line of every answer; none without TLS.
    private let strictTransportLine: [UInt8]
    private var tokens = TokenCache()
    /// Field lines that the answer to the request last looked at carries, each ended by CRLF. Without TLS mostly none.
    private(set) var answerFields: [UInt8] = []
    /// Whom that request was charged to.
    private var charged: UInt64?
    /// Who made that request; told where requests are logged only.
    private(set) var visitor: AccessLog.Visitor?
    let accessLog: AccessLog?

    init(_ door: FrontDoor, accessLog: AccessLog? = nil) {
        self.accessLog = accessLog
        self.door = door
        strictTransportLine = door.strictTransport.map { Array("Strict-Transport-Security: \($0)\r\n".utf8) } ?? []
        policyLine = door.limiter.map { Array("RateLimit-Policy: \($0.limit.policy)\r\n".utf8) } ?? []
    }

    /// Why the request is refused; nil when it is not. Sets `answerFields`.
    ///
    /// - Parameter request: the bytes that `client` is relative to.
    func admit(
        _ client: ClientFields, in request: UnsafeRawBufferPointer, from peer: PeerAddress, needing scope: Scope
    ) -> Problem? {
        answerFields.removeAll(keepingCapacity: true)
        charged = nil
        answerFields += strictTransportLine
        visitor = accessLog.map { _ in AccessLog.Visitor(address: peer) }
        guard door.asks || !client.isEmpty else { return nil }
        func bytes(_ range: Range<Int>?) -> UnsafeRawBufferPointer? {
            range.map { UnsafeRawBufferPointer(rebasing: request[$0]) }
        }
        let passage = door.admit(
            authorization: bytes(client.authorization), forwardedFor: bytes(client.forwardedFor), from: peer,
            needing: scope, &tokens)
        if passage.standing != nil { charged = passage.client }
        if accessLog != nil {
            visitor = AccessLog.Visitor(
                address: door.address(of: peer, forwardedFor: bytes(client.forwardedFor)), subject: passage.subject,
                requestID: bytes(client.requestID).map { String(decoding: $0, as: UTF8.self) })
        }
        if let standing = passage.standing {
            answerFields += policyLine
            standing.appendLine(to: &answerFields)
        }
        if let cors = door.cors, let origin = bytes(client.origin) {
            for field in cors.fields(for: String(decoding: origin, as: UTF8.self)) {
                answerFields += "\(field.name): \(field.value)\r\n".utf8
            }
        }
        add("X-Request-Id: ", bytes(client.requestID))
        add("traceparent: ", bytes(client.traceparent))
        return passage.problem
    }

    /// The request last admitted goes to the slow lane, which asks and charges itself.
    func handOver() {
        if let charged { door.giveBack(charged) }
        charged = nil
    }

    private func add(_ name: StaticString, _ value: UnsafeRawBufferPointer?) {
        guard let value, FrontDoor.isEchoed(value) else { return }
        name.withUTF8Buffer { answerFields += $0 }
        answerFields += value
        answerFields += "\r\n".utf8
    }
}
