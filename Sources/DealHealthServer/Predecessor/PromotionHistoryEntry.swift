import DealHealthCore
import DealHealthEngine

/// One event of a promotion's history.
enum PromotionHistoryEntry {
    /// `{"event_id","promotion_id","event_type","processed_at","health_score_before","health_score_after","success",
    /// "error_message"}`; only what counted is kept, so `success` is always true.
    static func write(_ entry: HistoryEntry, of dealID: [UInt8], to json: inout JSONWriter) {
        let record = entry.record
        json.beginObject()
        json.key("event_id")
        if let givenID = givenID(entry) { json.raw(givenID) } else { json.string(hexadecimal(record.identity)) }
        json.key("promotion_id")
        dealID.withUnsafeBytes { json.string(utf8: $0) }
        json.key("event_type")
        if case .evidence(let source) = record.kind { json.string(source.eventType) } else { json.null() }
        json.key("processed_at")
        json.timestamp(record.receivedAt)
        json.key("health_score_before")
        json.integer(points(record.scoreBefore))
        json.key("health_score_after")
        json.integer(points(record.scoreAfter))
        json.key("success")
        json.bool(true)
        json.key("error_message")
        json.null()
        json.endObject()
    }

    /// The event's own id as it stands in the event, quotation marks included; nil when it has none.
    private static func givenID(_ entry: HistoryEntry) -> [UInt8]? {
        guard entry.record.hasGivenID, let range = (try? JSONMembers(entry.received))??["eventId"] else { return nil }
        return Array(entry.received[range])
    }

    /// The identity of an event without an id of its own: 32 digits.
    private static func hexadecimal(_ hash: Hash128) -> String {
        [hash.high, hash.low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func points(_ hundredths: UInt16) -> Int {
        (Int(hundredths) + 50) / 100
    }
}
