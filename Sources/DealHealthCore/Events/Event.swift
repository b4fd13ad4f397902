/// A range of bytes inside an `EventBatch`'s storage; 32 bits, since a batch is at most `Limits.requestBytesMax`.
public struct ByteRange: Sendable, Equatable {
    public var start: UInt32
    public var count: UInt32

    @inlinable
    public init(start: Int, count: Int) {
        self.start = UInt32(start)
        self.count = UInt32(count)
    }

    @inlinable
    public var range: Range<Int> {
        Int(start)..<Int(start) + Int(count)
    }
}

/// A validated verification event: what the log and the score need of it, and where its bytes stand.
///
/// Made by `EventDecoder` only, so that every value is in its documented range.
public struct Event: Sendable, Equatable {
    /// Its place in the request, from 0.
    public var index: Int
    public var source: EvidenceSource
    /// True: evidence that the deal works.
    public var works: Bool
    /// Whether the producer gave an `eventId` (else the identity is the hash of the content).
    public var hasGivenID: Bool
    /// When it happened, by the producer's word.
    public var time: Timestamp
    /// Evidence mass m (DESIGN §4), [0, 1].
    public var mass: Double
    public var merchantID: Int64?
    /// The hash of the given `eventId`, or of the canonical event.
    public var identity: Hash128
    /// A hash of the canonical event without its id: tells a redelivery from a conflict.
    public var contentHash: UInt64
    /// The deal id's UTF-8 bytes, [1, 255] of them.
    public var dealID: ByteRange
    /// The event exactly as received.
    public var received: ByteRange

    public init(
        index: Int, source: EvidenceSource, works: Bool, hasGivenID: Bool, time: Timestamp, mass: Double,
        merchantID: Int64?, identity: Hash128, contentHash: UInt64, dealID: ByteRange, received: ByteRange
    ) {
        self.index = index
        self.source = source
        self.works = works
        self.hasGivenID = hasGivenID
        self.time = time
        self.mass = mass
        self.merchantID = merchantID
        self.identity = identity
        self.contentHash = contentHash
        self.dealID = dealID
        self.received = received
    }
}

/// Why one event was refused: its place in the request, from 0, and a sentence for its sender.
public struct Rejection: Sendable, Equatable {
    /// What kind of refusal it is: the edge answers each with another status.
    public enum Kind: Sendable, Equatable {
        /// The event itself is wrong.
        case invalid
        /// Its id was used for an event with other content.
        case conflict
        /// There is no room for what it needs.
        case refused
    }

    public var index: Int
    public var reason: String
    public var kind: Kind

    public init(index: Int, reason: String, kind: Kind = .invalid) {
        self.index = index
        self.reason = reason
        self.kind = kind
    }
}

/// The events of one request, decoded: storage that their byte ranges point into, and the ones refused.
public struct EventBatch: Sendable {
    /// The received bytes, followed by deal ids that had to be unescaped.
    public internal(set) var storage: [UInt8]
    public internal(set) var events: [Event] = []
    /// The first refused, in order of index. *Invariant:* at most `Limits.rejectionsListedMax`.
    public internal(set) var rejected: [Rejection] = []
    /// All refused.
    public internal(set) var rejectedCount = 0

    public init(storage: [UInt8]) {
        self.storage = storage
    }

    /// Refuses the events that `reason` has one for: what their receiver knows and the decoder does not. `reason` sees each event, in
    /// order of index, and its deal id.
    public mutating func refuse(_ reason: (Event, _ dealID: UnsafeRawBufferPointer) -> String?) {
        var refused: [Rejection] = []
        events = storage.withUnsafeBytes { storage in
            events.filter { event in
                let dealID = UnsafeRawBufferPointer(rebasing: storage[event.dealID.range])
                guard let reason = reason(event, dealID) else { return true }
                refused.append(Rejection(index: event.index, reason: reason))
                return false
            }
        }
        if refused.isEmpty { return }
        rejectedCount += refused.count
        rejected = Array((rejected + refused).sorted { $0.index < $1.index }.prefix(Limits.rejectionsListedMax))
    }
}
