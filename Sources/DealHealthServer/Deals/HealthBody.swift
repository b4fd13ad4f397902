import DealHealthCore
import DealHealthEngine

/// Writes what is known of a deal at one instant: the answer of every call that tells of a deal's health.
enum HealthBody {
    /// `{"deal_id","merchant_id","health_score","confidence","interval":[lo,hi],"works_probability","status","events",
    /// "last_event_at","as_of","lsn"}`; `dealID` MUST be UTF-8.
    static func write(
        dealID: UnsafeRawBufferPointer, state: DealState, score: Score, asOf: Timestamp, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("deal_id")
        json.string(utf8: dealID)
        json.key("merchant_id")
        if let merchantID = state.merchantID { json.integer(merchantID) } else { json.null() }
        json.key("health_score")
        json.points(score.healthScore)
        json.key("confidence")
        json.share(score.confidence)
        json.key("interval")
        json.beginArray()
        json.points(score.lowerBound)
        json.points(score.upperBound)
        json.endArray()
        // The forecast comes with the score issue; the member is there so that clients need not change.
        json.key("works_probability")
        json.null()
        json.key("status")
        json.string(score.status.rawValue)
        json.key("events")
        json.integer(state.eventCount)
        json.key("last_event_at")
        json.timestamp(state.referenceTime)
        json.key("as_of")
        json.timestamp(asOf)
        json.key("lsn")
        json.integer(state.lastLSN.value)
        json.endObject()
    }

    /// As above, for an entry of a list.
    static func write(_ health: DealHealth, asOf: Timestamp, to json: inout JSONWriter) {
        var dealID = health.dealID
        dealID.withUTF8 {
            write(
                dealID: UnsafeRawBufferPointer($0), state: health.state, score: health.score, asOf: asOf, to: &json)
        }
    }
}
