import HTTPTypes
import Synchronization

/// Lets a bounded number of requests do one kind of work at once.
final class Gate: Sendable {
    private let limit: Int
    /// *Invariant:* the number of requests inside; at most `limit` but for those about to be turned away.
    private let inside = Atomic<Int>(0)
    private let refusal: String

    /// - Parameter refusal: what a request that finds the gate closed is told.
    init(limit: Int, refusal: String) {
        self.limit = limit
        self.refusal = refusal
    }

    /// Runs `body`, or throws 503 at once when too many are inside.
    func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
        let count = inside.wrappingAdd(1, ordering: .relaxed).newValue
        defer { inside.wrappingSubtract(1, ordering: .relaxed) }
        guard count <= limit else {
            throw Problem(.serviceUnavailable, .overloaded, refusal)
                .retry(afterSeconds: ServerLimits.retryAfterSeconds)
        }
        return try await body()
    }
}
