import DealHealthCore

/// The bounds that only the HTTP edge has, each with its reason; all others are in `Limits` (P8).
enum ServerLimits {
    /// Bytes of request bodies held in memory at once, over all connections: what slow senders can make us hold.
    static let bodyBytesHeldMax = 256 << 20
    /// Bytes of a refused body that are read and dropped to keep the connection; a longer one ends it.
    static let bodyBytesDrainedMax = 64 << 10
    /// Lists and pages of history that are taken at once whatever they take: a few clients.
    static let heavyRequestsMin = 8
    /// How long a list or a page of history may wait for a processor before it is turned away.
    static let heavyWaitMax: Duration = .milliseconds(5)
    /// Requests with one event at once: at least what a core takes in some milliseconds, and at most what 100,000 a second make in
    /// 40 ms. In between it is found, see `ConcurrencyLimit`.
    static let ingestRequests = 256...4_096
    /// How much longer than twice the least a request with one event may take before fewer are taken.
    static let ingestSlack: Duration = .milliseconds(5)
    /// How long what has arrived may wait to be looked at before lists and history, then events, then reads are turned away: the former
    /// by the reactors' standing delay, the others by their own wait in the turn. A turn over 256 busy connections takes one
    /// or two milliseconds.
    static let heavyDelayMax: Duration = .milliseconds(5)
    static let ingestDelayMax: Duration = .milliseconds(20)
    static let readDelayMax: Duration = .milliseconds(50)
    /// Connections to the API. The limit on open files may lower it, see `ConnectionLimit`.
    static let connectionsMax = 16_384
    /// Connections to the operations listener: scrapers and probes are few.
    static let operationsConnectionsMax = 128
    /// Connections that the kernel has accepted and we have not.
    static let backlog = 4_096
    /// How long a connection may stay open without a request.
    static let idleTimeout: Duration = .seconds(60)
    /// How long a TLS handshake may take: three round trips, and a phone on a bad network needs a second or two.
    static let handshakeTimeout: Duration = .seconds(10)
    /// How long a browser that once came by TLS comes by nothing else, seconds: a year, as RFC 6797 §11.2 has it in its examples.
    static let strictTransportSeconds = 31_536_000
    /// How long the head of a request, or a small request as a whole, may take to arrive from its first byte: a phone on a bad
    /// network needs a second or two.
    static let requestTimeout: Duration = .seconds(10)
    /// How long a body may take to arrive: the longest NDJSON at 2 MBit/s.
    static let bodyTimeout: Duration = .seconds(128)
    /// How long a peer may take to read a full output buffer: one that does not read must not hold memory.
    static let outputTimeout: Duration = .seconds(30)
    /// How long a connection that we end is read on, so that the peer sees the answer and not a reset.
    static let lingerTimeout: Duration = .seconds(2)
    /// Clients whose rate is kept, 16 bytes each: past that, who has used little of its burst is forgotten.
    static let limitedClientsMax = 1 << 20
    /// Bytes of a request id that an answer repeats: a UUID has 36, a `traceparent` 55.
    static let echoedFieldBytesMax = 128
    /// Bytes of the access log that wait to be written: some 5,000 lines.
    static let accessLogBytesMax = 1 << 20
    /// Header fields in one request: a browser sends twenty.
    static let headerFieldsMax = 128
    /// Query parameters in one request: the most that a call knows is six.
    static let queryParametersMax = 64
    /// Bytes of a token: one with a dozen claims has a quarter of this, and the whole head of a request may have 16 KiB.
    static let tokenBytesMax = 4 << 10
    /// Bytes of its header, in base64: thrice what algorithm, type and key id take. It is read before anything is known of the sender, and
    /// one of hundreds of members would cost twenty times a verification.
    static let tokenHeaderBytesMax = 512
    /// Keys that tokens are checked with: a rotation needs two, and one for each of some issuers.
    static let tokenKeysMax = 16
    /// Bytes of a key: HS256 MUST NOT be used with less than its hash is long (RFC 7518 §3.2).
    static let tokenSecretBytesMin = 32
    /// Bytes of a key's id, which every token carries.
    static let tokenKeyIDBytesMax = 64
    /// Bytes of a token's subject: as many as those of a deal id.
    static let tokenSubjectBytesMax = 255
    /// How far a token's issuer may be ahead of our clock, in `nbf` and `iat`. `exp` knows no such grace: it would prolong every token.
    static let tokenClockTolerance: Duration = .seconds(60)
    /// How long a token may still be valid, ten years: one from further away has its `exp` in milliseconds, or by mistake.
    static let tokenLifetimeMax: Duration = .seconds(3_653 * 86_400)
    /// Verified tokens that each thread remembers. MUST be a power of two.
    static let tokensRemembered = 4_096
    /// Bytes of the tokens that each thread remembers: 512 for each, when all are there.
    static let tokenBytesRemembered = 2 << 20
    /// Promotions in one batch of the predecessor's: about as many as a JSON body has room for with an event each, and an answer
    /// of some MiB.
    static let promotionsPerRequestMax = 10_000
    /// Faults of one body of settings that are told: there are not many settings.
    static let faultsListedMax = 20
    /// What an error tells a client to wait where nothing better is known, seconds.
    static let retryAfterSeconds = 1
    /// What a full disk or a full partition tells a client to wait: room does not come back by itself in a moment, seconds.
    static let retryAfterFullSeconds = 30

    /// Relations between the constants; called once at start-up.
    static func checkInvariants() {
        precondition(
            bodyBytesDrainedMax <= Limits.jsonBodyBytesMax, "a refused body is not read for longer than a taken one")
        precondition(bodyBytesHeldMax >= 16 * 3 * Limits.submissionBytesMax, "sixteen NDJSON streams have room")
        precondition(operationsConnectionsMax < connectionsMax)
        precondition(tokensRemembered.nonzeroBitCount == 1, "a place among them is some bits of a hash")
        precondition(tokenBytesMax <= tokenBytesRemembered, "each token that is taken can be remembered")
        precondition(heavyDelayMax < ingestDelayMax && ingestDelayMax < readDelayMax, "reads are turned away last")
    }
}
