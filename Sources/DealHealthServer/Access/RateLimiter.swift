import DealHealthCore
import DealHealthEngine

/// A token bucket for each client, in fixed memory: a client may spend `burst` at once, and gets back `perMinute` a minute.
///
/// As the generic cell rate algorithm (ITU-T I.371, Annex A), a bucket is one time: when it will be full again. A client that is not
/// known has a full one, so that nothing is lost when one that is full again is forgotten. Places are found in sets of
/// `waysCount`; in a set without a free one the client nearest to a full bucket is forgotten, and so may spend a burst once
/// more. With a million clients that are all at their limit, some will.
///
/// Any thread may call it. A set is behind one of `shardCount` locks, each held for some 20 ns.
final class RateLimiter: Sendable {
    /// How a client stands, after a request.
    struct Standing: Equatable {
        /// Requests that it may make at once.
        var remaining: Int
        /// Until its bucket is full, whole seconds, rounded up.
        var secondsUntilFull: Int
        /// Nil when the request is taken; otherwise when one is, whole seconds, rounded up.
        var retryAfterSeconds: Int?

        /// The value of `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 §4).
        var fieldValue: String { "\"default\";r=\(remaining);t=\(secondsUntilFull)" }

        /// Appends the field's line, as `fieldValue` has it.
        func appendLine(to bytes: inout [UInt8]) {
            bytes.append("RateLimit: \"default\";r=")
            bytes.append(decimal: remaining)
            bytes.append(";t=")
            bytes.append(decimal: secondsUntilFull)
            bytes.append("\r\n")
        }
    }

    private struct Entry {
        var client: UInt64 = 0
        /// When the bucket is full, nanoseconds of the monotonic clock; 0 in a free place.
        var fullAt: UInt64 = 0
    }

    private static let shardCount = 64
    private static let waysCount = 8
    private static let setsPerShard = ServerLimits.limitedClientsMax / shardCount / waysCount
    /// What one request may be charged, so that the arithmetic stays far from its limits.
    private static let costMax = 1 << 20
    /// How long a batch may keep its client from the next request, nanoseconds: a mistake heals within the hour.
    private static let debtMax: UInt64 = 3_600_000_000_000

    let limit: RateLimit
    /// What one request takes to come back, nanoseconds.
    private let interval: UInt64
    private let shards: [Locked<[Entry]>]

    init(_ limit: RateLimit) {
        self.limit = limit
        interval = 60_000_000_000 / UInt64(limit.requestsPerMinute)
        shards = (0..<Self.shardCount).map { _ in
            Locked(Array(repeating: Entry(), count: Self.setsPerShard * Self.waysCount))
        }
    }

    /// Charges `client` for a request if its bucket allows it.
    ///
    /// - Parameters:
    ///   - client: a keyed hash of who it is.
    ///   - cost: requests that it counts as. One that counts as more than a burst is taken when the bucket is full.
    ///   - now: nanoseconds of the monotonic clock.
    func take(_ client: UInt64, cost: Int = 1, at now: UInt64) -> Standing {
        withEntry(of: client, at: now) { entry in
            let cost = UInt64(max(1, min(cost, Self.costMax)))
            let capacity = UInt64(limit.burst) * interval
            let start = max(entry.fullAt, now)
            let needed = start + min(cost * interval, capacity)
            if needed > now + capacity {
                return standing(fullAt: start, now, retryAfter: Self.seconds(needed - now - capacity))
            }
            entry.fullAt = min(start + cost * interval, now + capacity + Self.debtMax)
            return standing(fullAt: entry.fullAt, now, retryAfter: nil)
        }
    }

    /// Charges `client` for what is known only afterwards: its bucket may be empty for longer.
    func charge(_ client: UInt64, cost: Int, at now: UInt64) {
        withEntry(of: client, at: now) { entry in
            let fullAt = max(entry.fullAt, now) + UInt64(max(0, min(cost, Self.costMax))) * interval
            entry.fullAt = min(fullAt, now + UInt64(limit.burst) * interval + Self.debtMax)
        }
    }

    /// Takes a charge of one request back: another will make it.
    func giveBack(_ client: UInt64, at now: UInt64) {
        withEntry(of: client, at: now) { entry in
            entry.fullAt = max(now, entry.fullAt - min(entry.fullAt, interval))
        }
    }

    private func standing(fullAt: UInt64, _ now: UInt64, retryAfter: Int?) -> Standing {
        let missing = (fullAt - now + interval - 1) / interval
        return Standing(
            remaining: max(0, limit.burst - Int(clamping: missing)), secondsUntilFull: Self.seconds(fullAt - now),
            retryAfterSeconds: retryAfter)
    }

    private static func seconds(_ nanoseconds: UInt64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }

    private func withEntry<Result: Sendable>(
        of client: UInt64, at now: UInt64, _ body: (inout Entry) -> Result
    ) -> Result {
        shards[Int(client >> 58)].withLock { entries in
            let start = Int(client % UInt64(Self.setsPerShard)) * Self.waysCount
            var place = start
            for index in start..<start + Self.waysCount {
                if entries[index].client == client {
                    place = index
                    break
                }
                if entries[index].fullAt < entries[place].fullAt { place = index }
            }
            if entries[place].client != client { entries[place] = Entry(client: client, fullAt: now) }
            return body(&entries[place])
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends the digits of `value`, which MUST NOT be negative.
    fileprivate mutating func append(decimal value: Int) {
        let start = count
        var rest = value
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}

/// What each client may do.
public struct RateLimit: Sendable, Equatable {
    /// In [1, 60,000,000].
    public let requestsPerMinute: Int
    /// Requests at once, in [1, 1,000,000].
    public let burst: Int

    /// The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3).
    var policy: String { "\"default\";q=\(burst);w=\(max(1, burst * 60 / requestsPerMinute))" }

    /// - Parameter burst: nil is what comes back in a minute.
    public init(requestsPerMinute: Int, burst: Int? = nil) throws(AccessFault) {
        guard (1...60_000_000).contains(requestsPerMinute) else {
            throw AccessFault("requests per minute must be 1 to 60000000")
        }
        let burst = burst ?? min(requestsPerMinute, 1_000_000)
        guard (1...1_000_000).contains(burst) else { throw AccessFault("the burst must be 1 to 1000000 requests") }
        self.requestsPerMinute = requestsPerMinute
        self.burst = burst
    }
}
