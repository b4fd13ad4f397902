import DealHealthCore
import DealHealthEngine

/// `?min_lsn=<n>`: a read waits until position n is applied, so that it sees what a write acknowledged.
struct PositionWait: Sendable {
    private let gate = Gate(limit: Limits.positionWaitersMax, refusal: "too many reads wait for a position")

    /// Returns once `min_lsn`, if given, is applied; throws 422 for a value that is none, 503 when the wait is too long.
    func wait(_ parameters: QueryParameters, _ engine: Engine) async throws {
        guard let value = try parameters.integer("min_lsn", in: UInt64.min...UInt64.max) else { return }
        let lsn = LSN(value)
        if engine.positions.applied >= lsn { return }
        try await gate.pass {
            try await engine.waitUntilApplied(lsn, timeout: Limits.minLSNWaitMax)
        }
    }
}
