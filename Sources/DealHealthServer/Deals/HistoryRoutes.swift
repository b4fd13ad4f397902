import DealHealthCore
import DealHealthEngine
import Hummingbird

/// `GET /v1/deals/{id}/history`: what was received about a deal, newest first.
struct HistoryRoutes: Sendable {
    private static let defaultLimit = 50

    let handle: EngineHandle

    func get(_ target: RequestTarget) async throws -> Response {
        let dealID = try target.dealID()
        let parameters = try target.parameters()
        let limit = try parameters.integer("limit", in: 1...Limits.pageSizeMax) ?? Self.defaultLimit
        let beforeLSN = try parameters.integer("before_lsn", in: 1...UInt64.max).map { LSN($0) }
        let engine = try handle.recoveredEngine()
        guard let history = try await engine.history(of: dealID, limit: limit, beforeLSN: beforeLSN) else {
            throw Problem.unknownDeal
        }
        var json = JSONWriter(capacity: 128 + history.entries.count * 512)
        Self.write(history, of: dealID, to: &json)
        return Response(json)
    }

    private static func write(_ history: DealHistory, of dealID: [UInt8], to json: inout JSONWriter) {
        json.beginObject()
        json.key("deal_id")
        dealID.withUnsafeBytes { json.string(utf8: $0) }
        json.key("history")
        json.beginArray()
        for entry in history.entries { write(entry, to: &json) }
        json.endArray()
        json.key("next_before_lsn")
        if let next = history.nextBeforeLSN { json.integer(next.value) } else { json.null() }
        json.key("truncated")
        json.bool(history.isTruncated)
        if let oldest = history.oldest {
            json.key("oldest_retained_at")
            json.timestamp(oldest)
        }
        json.endObject()
    }

    private static func write(_ entry: HistoryEntry, to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(entry, to: &json)
        json.endObject()
    }

    /// The members of an entry, without the brackets.
    static func writeMembers(_ entry: HistoryEntry, to json: inout JSONWriter) {
        let record = entry.record
        json.key("lsn")
        json.integer(record.lsn.value)
        json.key("type")
        json.string(record.kind.name)
        json.key("time")
        json.timestamp(record.time)
        json.key("received_at")
        json.timestamp(record.receivedAt)
        json.key("outcome")
        if case .evidence = record.kind { json.string(record.works ? "works" : "fails") } else { json.null() }
        // Of an alarm: the share of older evidence that is left.
        json.key("mass")
        json.number(record.mass)
        json.key("score_before")
        json.points(hundredths: record.scoreBefore)
        json.key("score_after")
        json.points(hundredths: record.scoreAfter)
        json.key("merchant_id")
        if let merchantID = record.merchantID { json.integer(merchantID) } else { json.null() }
        json.key("event_id_given")
        json.bool(record.hasGivenID)
        // As received: the decoder has checked that it is one JSON value.
        json.key("event")
        if entry.received.isEmpty { json.null() } else { json.raw(entry.received) }
    }
}
