import DealHealthCore
import DealHealthEngine

/// The events of one request, gathered promotion by promotion and submitted together: one wait for the disk, however many
/// promotions there are.
struct PredecessorSubmission {
    private let engine: Engine
    private let decoder: EventDecoder
    private var batch = EventBatch(storage: [])
    private var promotions: [ProcessedPromotion] = []

    init(engine: Engine) {
        self.engine = engine
        decoder = engine.decoder()
    }

    /// Adds the events at `range` of `body`, an object or an array of them, which their sender says are about the promotion `id`.
    ///
    /// - Throws: `MalformedJSON` when they are none.
    mutating func add(_ body: [UInt8], in range: Range<Int>, promotionID id: String) throws {
        let first = count
        try body.withUnsafeBytes {
            try decoder.append(document: UnsafeRawBufferPointer(rebasing: $0[range]), index: first, to: &batch)
        }
        promotions.append(
            ProcessedPromotion(id: id, indexes: first..<count, before: PredecessorScore(of: id, engine)))
    }

    /// Events so far.
    var count: Int { batch.events.count + batch.rejectedCount }

    /// Submits all; returns what became of each promotion, in the order added, once everything that counts is durable and visible.
    mutating func run(_ handle: EngineHandle) async throws -> [ProcessedPromotion] {
        refuseEventsOfOthers()
        let receipt = try await handle.submit(batch, to: engine)
        countEvents(receipt)
        for index in promotions.indices {
            promotions[index].after = PredecessorScore(of: promotions[index].id, engine)
        }
        return promotions
    }

    /// An event about another promotion than its sender says is a mistake of one of the two: it must not count.
    private mutating func refuseEventsOfOthers() {
        var place = 0
        batch.refuse { [promotions] event, dealID in
            place = Self.promotion(of: event.index, in: promotions, from: place)
            let id = promotions[place].id
            if dealID.elementsEqual(id.utf8) { return nil }
            let other = String(decoding: dealID, as: UTF8.self)
            return "`promotion_id` is \"\(id)\", but the event's `promotionId` is \"\(other)\""
        }
    }

    private mutating func countEvents(_ receipt: Receipt) {
        let duplicates = Set(receipt.duplicateIndexes)
        let refused = Set(receipt.rejected.map(\.index))
        var place = 0
        for event in batch.events where !refused.contains(event.index) {
            place = Self.promotion(of: event.index, in: promotions, from: place)
            if duplicates.contains(event.index) {
                promotions[place].duplicates += 1
            } else {
                promotions[place].counted += 1
            }
        }
        place = 0
        for rejection in receipt.rejected {
            place = Self.promotion(of: rejection.index, in: promotions, from: place)
            if promotions[place].firstRefusal == nil { promotions[place].firstRefusal = rejection }
        }
    }

    /// The promotion whose event has the index `index`, at or after `start`: indexes only grow.
    private static func promotion(of index: Int, in promotions: [ProcessedPromotion], from start: Int) -> Int {
        var place = start
        while !promotions[place].indexes.contains(index) { place += 1 }
        return place
    }
}
