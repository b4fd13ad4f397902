import DealHealthCore

/// How many requests of a class may be in progress at once, found from how long they take: more and more as long as they are about as
/// fast as they ever are, fewer at once when they are not (additive increase, multiplicative decrease: Chiu & Jain 1989, TCP).
///
/// For work that is done for many together, like a commit: up to a point more at once are no slower, and where that point is depends
/// on the disk and the processors. A value without a clock; times are nanoseconds of any steady clock.
struct ConcurrencyLimit {
    private(set) var inFlight = 0
    /// *Invariant:* in [limitMin, limitMax].
    private(set) var limit: Double

    private let limitMin: Double
    private let limitMax: Double
    private let slackNanoseconds: Double
    /// The least time that a request took in this window, and in the one before.
    private var least = Double.infinity
    private var leastBefore = Double.infinity
    private var windowStart = 0.0
    private var lastDecrease = 0.0

    private static let windowNanoseconds = 10e9
    /// Requests more for each time that as many as the limit have ended.
    private static let increase = 8.0
    private static let decrease = 0.8

    /// - Parameter slack: a request may take this much longer than twice the least.
    init(limits: ClosedRange<Int>, slack: Duration) {
        limitMin = Double(limits.lowerBound)
        limitMax = Double(limits.upperBound)
        limit = limitMax
        slackNanoseconds = slack.seconds * 1e9
    }

    var hasRoom: Bool {
        Double(inFlight) < limit
    }

    /// Takes a request, or refuses it at once.
    mutating func begin() -> Bool {
        guard hasRoom else { return false }
        inFlight += 1
        return true
    }

    /// A request that was taken has ended at `now`, `nanoseconds` after it came.
    mutating func end(after nanoseconds: Double, now: Double) {
        precondition(inFlight > 0, "a request ends once")
        if now >= windowStart + Self.windowNanoseconds {
            (leastBefore, least, windowStart) = (least, .infinity, now)
        }
        least = min(least, nanoseconds)
        if nanoseconds > 2 * min(least, leastBefore) + slackNanoseconds {
            // Once for all that began before it could show.
            if now >= lastDecrease + nanoseconds {
                limit = max(limitMin, limit * Self.decrease)
                lastDecrease = now
            }
        } else if Double(inFlight) >= limit / 2 {
            limit = min(limitMax, limit + Self.increase / limit)
        }
        inFlight -= 1
    }
}
