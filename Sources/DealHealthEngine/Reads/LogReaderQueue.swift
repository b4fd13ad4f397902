import DealHealthCore
import Dispatch
import Synchronization

/// Runs blocking reads of the log on a thread of their own, a bounded number of them waiting.
final class LogReaderQueue: Sendable {
    private let queue = DispatchQueue(label: "dealhealth.log-reader")
    private let waiting = Atomic<Int>(0)

    /// Runs `body` off the cooperative pool; throws `busy` at once when too many wait.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Limits.historyReadersMax else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            throw EngineError(.busy, "too many reads of the log at once; try again shortly")
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
