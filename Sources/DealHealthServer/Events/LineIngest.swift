import DealHealthCore
import DealHealthEngine
import Hummingbird
import NIOCore

/// Takes in one NDJSON body as it streams: cut, decode, submit; reading goes on while one submission is under way.
///
/// What was submitted stays, however the request ends. Memory is bounded: one piece gathers, one is being submitted.
struct LineIngest {
    private let engine: Engine
    private let handle: EngineHandle
    private let reader = BodyReader(limit: Limits.ndjsonBodyBytesMax, name: "an NDJSON body")
    private var tally = IngestTally()
    private var cutter = LineCutter()
    /// The index of the next line that is not blank.
    private var nextIndex = 0
    /// Bytes of the piece being submitted; 0 when there is none.
    private var submittingBytes = 0

    init(engine: Engine, handle: EngineHandle) {
        self.engine = engine
        self.handle = handle
    }

    /// Takes in the whole body; throws the problem that cut it short, which then tells what has counted.
    mutating func run(_ request: Request, budget: BodyBudget) async throws -> IngestTally {
        try reader.checkLength(request.headers)
        do {
            try await withThrowingTaskGroup(of: Receipt.self) { group in
                do {
                    try await read(request, budget, &group)
                } catch {
                    // What is under way counts too: wait for it, so that the tally tells of it.
                    try? await settle(&group)
                    throw error
                }
            }
        } catch {
            var problem = Problem(error)
            problem.detail += "; " + tally.summary
            throw
                problem
                .with("accepted", .integer(Int64(tally.accepted)))
                .with("duplicates", .integer(Int64(tally.duplicates)))
        }
        return tally
    }

    private mutating func read(
        _ request: Request, _ budget: BodyBudget, _ group: inout ThrowingTaskGroup<Receipt, any Error>
    ) async throws {
        var reservation = BodyReservation(budget)
        var byteCount = 0
        var iterator = request.body.makeAsyncIterator()
        while let chunk = try await reader.next(&iterator) {
            byteCount += chunk.readableBytes
            guard byteCount <= reader.limit else { throw reader.tooLarge() }
            try reservation.resize(to: cutter.heldBytes + submittingBytes + chunk.readableBytes)
            for piece in chunk.withUnsafeReadableBytes({ cutter.append($0) }) { try await take(piece, &group) }
        }
        for piece in cutter.finish() { try await take(piece, &group) }
        try await settle(&group)
    }

    private mutating func take(
        _ piece: LineCutter.Piece, _ group: inout ThrowingTaskGroup<Receipt, any Error>
    ) async throws {
        switch piece {
        case .lines(let lines):
            let (batch, nextIndex) = engine.decoder().decode(lines: lines, firstIndex: nextIndex)
            self.nextIndex = nextIndex
            try await settle(&group)
            submittingBytes = lines.count
            group.addTask { [engine, handle] in try await handle.submit(batch, to: engine) }
        case .oversizedLine:
            try await settle(&group)
            tally.add(
                Rejection(index: nextIndex, reason: "a line must be at most \(Limits.eventBytesMax) bytes long"))
            nextIndex += 1
        }
    }

    /// Waits for the submission under way and adds what became of it.
    private mutating func settle(_ group: inout ThrowingTaskGroup<Receipt, any Error>) async throws {
        while let receipt = try await group.next() { tally.add(receipt) }
        submittingBytes = 0
    }
}
