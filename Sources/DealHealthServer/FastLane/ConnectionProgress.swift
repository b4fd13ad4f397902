import NIOCore

/// How far the slow lane of one connection is: kept by `ConnectionEndHandler`, which sees its requests and answers, and read by
/// `FastLaneHandler`, which stands where only bytes are seen.
///
/// Belongs to the channel's event loop.
final class ConnectionProgress {
    /// Requests whose answer has not ended.
    private(set) var requestsInFlight = 0
    /// Whether a request's body is arriving.
    private(set) var isReadingBody = false
    /// When a request, a part of one, or an answer was last seen in either lane.
    private(set) var lastActive = NIODeadline.now()
    /// When the first byte of a request arrived whose head has not; nil when there is none.
    private(set) var headSince: NIODeadline?
    /// When the body that is arriving began to.
    private(set) var bodySince = NIODeadline.now()
    /// Since when the peer does not read what is written; nil while it does.
    private(set) var blockedSince: NIODeadline?
    /// Told when all answers have ended. Weak: the channel's pipeline owns both sides.
    weak var lane: FastLaneHandler?

    /// Whether the peer has done its part and waits for us.
    var isAnswering: Bool {
        requestsInFlight > 0 && !isReadingBody
    }

    /// When the connection is to be ended if nothing changes until then; nil while it is our turn.
    var deadline: NIODeadline? {
        if let blockedSince { return blockedSince + TimeAmount(ServerLimits.outputTimeout) }
        if isReadingBody { return bodySince + TimeAmount(ServerLimits.bodyTimeout) }
        if isAnswering { return nil }
        if let headSince { return headSince + TimeAmount(ServerLimits.requestTimeout) }
        return lastActive + TimeAmount(ServerLimits.idleTimeout)
    }

    /// Bytes arrived that may be the beginning of a request.
    func bytesArrived() {
        if requestsInFlight == 0, headSince == nil { headSince = .now() }
    }

    /// Whether the peer reads.
    func writabilityChanged(_ isWritable: Bool) {
        blockedSince = isWritable ? nil : .now()
    }

    func requestBegan() {
        requestsInFlight += 1
        isReadingBody = true
        noteActivity()
        bodySince = lastActive
    }

    func bodyArrived() {
        noteActivity()
    }

    func requestEnded() {
        isReadingBody = false
        noteActivity()
    }

    /// A malformed body whose request is answered already makes Hummingbird answer once more, before it closes: not counted.
    func answerEnded() {
        requestsInFlight = max(0, requestsInFlight - 1)
        noteActivity()
        if requestsInFlight == 0 { lane?.slowAnswerEnded() }
    }

    /// No further request will be answered on this connection.
    func willClose() {
        lane?.leave()
    }

    func noteActivity(at now: NIODeadline = .now()) {
        lastActive = now
        headSince = nil
    }
}
