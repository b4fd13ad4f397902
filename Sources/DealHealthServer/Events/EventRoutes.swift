import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// `POST /v1/events`: one event, an array of them, or NDJSON.
struct EventRoutes: Sendable {
    let handle: EngineHandle
    let budget: BodyBudget

    /// Takes in the body; answers once everything in it that counts is durable and visible.
    ///
    /// - Parameter charge: told how many events there were, good or bad.
    func post(_ request: Request, charge: (Int) -> Void) async throws -> Response {
        switch try BodyFormat(request.headers) {
        case .json: try await postDocument(request, charge: charge)
        case .lines: try await postLines(request, charge: charge)
        }
    }

    private func postDocument(_ request: Request, charge: (Int) -> Void) async throws -> Response {
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        try reader.checkLength(request.headers)
        let engine = try handle.recoveredEngine()
        let document = try await reader.collect(request, &reservation)
        let (batch, isSingle) = try engine.decoder().decode(document: document)
        charge(batch.events.count + batch.rejectedCount)
        let receipt = try await handle.submit(batch, to: engine)
        if isSingle, let rejection = receipt.rejected.first { throw Problem(rejection) }
        var tally = IngestTally()
        tally.add(receipt)
        return Self.response(tally)
    }

    private func postLines(_ request: Request, charge: (Int) -> Void) async throws -> Response {
        var ingest = LineIngest(engine: try handle.recoveredEngine(), handle: handle)
        let tally = try await ingest.run(request, budget: budget)
        charge(tally.accepted + tally.duplicates + tally.rejectedCount)
        return Self.response(tally)
    }

    private static func response(_ tally: IngestTally) -> Response {
        var json = JSONWriter()
        tally.write(to: &json)
        return Response(json)
    }
}
