import DealHealthCore
import DealHealthEngine

/// Writes what is known of a deal at one instant: the answer of every call that tells of a deal's health.
enum HealthBody {
    /// `{"deal_id","merchant_id","health_score","confidence","interval":[lo,hi],"works_probability","status","events",
    /// "last_event_at","as_of","lsn"}`; `dealID` MUST be UTF-8.
    static func write(
        dealID: UnsafeRawBufferPointer, state: DealState, assessment: Assessment, asOf: Timestamp,
        to json: inout JSONWriter
    ) {
        // In one piece: reaching into the buffer once for each member costs more than the members.
        json.element(bytesMax: bytesMax(dealID)) { cursor in
            append(dealID: dealID, state: state, assessment: assessment, asOf: asOf, to: &cursor)
        }
    }

    /// Bytes that `append` puts at most.
    static func bytesMax(_ dealID: UnsafeRawBufferPointer) -> Int {
        // Not the exact count, which would look at each byte twice.
        membersBytesMax + JSONCursor.escapeBytesMax * dealID.count + 2
    }

    /// As `write`.
    static func append(
        dealID: UnsafeRawBufferPointer, state: DealState, assessment: Assessment, asOf: Timestamp,
        to cursor: inout JSONCursor
    ) {
        cursor.append(#"{"deal_id":"#)
        cursor.appendQuoted(dealID)
        cursor.append(#","merchant_id":"#)
        if let merchantID = state.merchantID { cursor.append(integer: merchantID) } else { cursor.append("null") }
        cursor.append(#","health_score":"#)
        cursor.append(points: assessment.score.healthScore)
        cursor.append(#","confidence":"#)
        cursor.append(share: assessment.score.confidence)
        cursor.append(#","interval":["#)
        cursor.append(points: assessment.score.lowerBound)
        cursor.append(",")
        cursor.append(points: assessment.score.upperBound)
        cursor.append(#"],"works_probability":"#)
        cursor.append(share: assessment.forecast.worksProbability)
        cursor.append(#","status":""#)
        cursor.append(text(of: assessment.forecast.status))
        cursor.append(#"","events":"#)
        cursor.append(integer: state.eventCount)
        cursor.append(#","last_event_at":"#)
        cursor.append(state.referenceTime)
        cursor.append(#","as_of":"#)
        cursor.append(asOf)
        cursor.append(#","lsn":"#)
        cursor.append(integer: state.lastLSN.value)
        cursor.append("}")
    }

    /// All members but the deal id, with their longest values: checked by `JSONCursor`.
    private static let membersBytesMax = 512

    /// The raw value, which as a `String` would have to be made first.
    private static func text(of status: DealStatus) -> StaticString {
        switch status {
        case .unknown: "unknown"
        case .healthy: "healthy"
        case .uncertain: "uncertain"
        case .failing: "failing"
        case .dead: "dead"
        }
    }

    /// As above, for an entry of a list.
    static func write(_ health: DealHealth, asOf: Timestamp, to json: inout JSONWriter) {
        var dealID = health.dealID
        dealID.withUTF8 {
            write(
                dealID: UnsafeRawBufferPointer($0), state: health.state, assessment: health.assessment, asOf: asOf,
                to: &json)
        }
    }
}
