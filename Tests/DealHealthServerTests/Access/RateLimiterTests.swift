import DealHealthTesting
import Testing

@testable import DealHealthServer

@Suite struct RateLimiterTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start: UInt64 = 5_000 * second

    private static func limiter(_ perMinute: Int, burst: Int? = nil) throws -> RateLimiter {
        RateLimiter(try RateLimit(requestsPerMinute: perMinute, burst: burst))
    }

    @Test func aBurstPassesAndThenOneForEachIntervalDoes() throws {
        let limiter = try Self.limiter(60, burst: 3)
        for left in [2, 1, 0] {
            let standing = limiter.take(7, at: Self.start)
            #expect(standing == .init(remaining: left, secondsUntilFull: 3 - left))
        }
        let refused = limiter.take(7, at: Self.start)
        #expect(refused == .init(remaining: 0, secondsUntilFull: 3, retryAfterSeconds: 1))
        #expect(limiter.take(7, at: Self.start + Self.second - 1).retryAfterSeconds == 1)
        #expect(limiter.take(7, at: Self.start + Self.second).retryAfterSeconds == nil)
        #expect(limiter.take(7, at: Self.start + Self.second).retryAfterSeconds == 1)
        // The bucket is full again, and no more than full.
        #expect(limiter.take(7, at: Self.start + 100 * Self.second).remaining == 2)
    }

    @Test func clientsDoNotTakeFromEachOther() throws {
        let limiter = try Self.limiter(60, burst: 1)
        for client in 1...10_000 as ClosedRange<UInt64> {
            #expect(limiter.take(client &* 0x9E37_79B9_7F4A_7C15, at: Self.start).retryAfterSeconds == nil)
        }
        for client in 1...10_000 as ClosedRange<UInt64> {
            #expect(limiter.take(client &* 0x9E37_79B9_7F4A_7C15, at: Self.start).retryAfterSeconds == 1)
        }
    }

    /// Whatever a client does, it gets no more than its burst and what came back meanwhile.
    @Test func nobodyGetsMoreThanTheLimit() throws {
        let limiter = try Self.limiter(600, burst: 20)
        var random = SeededGenerator(seed: 1)
        var now = Self.start
        var taken = 0
        for _ in 0..<20_000 {
            now += UInt64.random(in: 0..<Self.second / 20, using: &random)
            if limiter.take(9, at: now).retryAfterSeconds == nil { taken += 1 }
            #expect(taken <= 20 + Int((now - Self.start) / (Self.second / 10)))
        }
        #expect(taken >= Int((now - Self.start) / (Self.second / 10)) - 1, "and no less")
    }

    @Test func aBatchIsChargedForAllOfIt() throws {
        let limiter = try Self.limiter(60, burst: 10)
        #expect(limiter.take(1, cost: 25, at: Self.start).retryAfterSeconds == nil, "larger than any bucket")
        #expect(limiter.take(1, at: Self.start).retryAfterSeconds == 16)
        limiter.charge(2, cost: 1_000_000, at: Self.start)
        #expect(limiter.take(2, at: Self.start).retryAfterSeconds == 3_601, "a mistake heals within the hour")
    }

    /// More clients than there are places: memory does not grow, and who is near its limit is not who is forgotten.
    @Test func manyClientsForgetThoseWhoUsedLeast() throws {
        let limiter = try Self.limiter(60, burst: 5)
        let busy: UInt64 = 42
        for _ in 0..<5 { _ = limiter.take(busy, at: Self.start) }
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2 * ServerLimits.limitedClientsMax { _ = limiter.take(random.next(), at: Self.start) }
        #expect(limiter.take(busy, at: Self.start).retryAfterSeconds == 1)
    }

    @Test func theFieldIsTheSameInBothForms() throws {
        let limiter = try Self.limiter(100, burst: 20)
        #expect(limiter.limit.policy == "\"default\";q=20;w=12")
        for cost in [1, 5, 20, 1_000] {
            let standing = limiter.take(3, cost: cost, at: Self.start)
            var line: [UInt8] = []
            standing.appendLine(to: &line)
            #expect(String(decoding: line, as: UTF8.self) == "RateLimit: \(standing.fieldValue)\r\n")
        }
    }

    @Test func limitsThatAreNoneAreRefused() {
        for (perMinute, burst) in [(0, 1), (-1, nil), (60_000_001, nil), (1, 0), (1, 1_000_001)] as [(Int, Int?)] {
            #expect(throws: AccessFault.self) { try RateLimit(requestsPerMinute: perMinute, burst: burst) }
        }
    }
}
