import DealHealthCore

/// What the events of one request did to one promotion.
struct ProcessedPromotion {
    let id: String
    /// Places of its events in the request.
    let indexes: Range<Int>
    let before: PredecessorScore
    var after: PredecessorScore
    /// Its events that count now, and those that had counted before.
    var counted = 0
    var duplicates = 0
    /// Why the first of its refused events was refused.
    var firstRefusal: Rejection?

    init(id: String, indexes: Range<Int>, before: PredecessorScore) {
        self.id = id
        self.indexes = indexes
        self.before = before
        after = before
    }

    private var refused: Int { indexes.count - counted - duplicates }

    /// Why nothing of what was sent was taken; nil when something was, or nothing was sent.
    var error: String? {
        refused > 0 && counted + duplicates == 0 ? refusal : nil
    }

    /// `{"promotion_id","old_score","new_score","change_reason","events_processed","confidence_score"}`
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("promotion_id")
        json.string(id)
        json.key("old_score")
        json.integer(before.points)
        json.key("new_score")
        json.integer(after.points)
        json.key("change_reason")
        json.string(changeReason)
        json.key("events_processed")
        json.integer(counted)
        json.key("confidence_score")
        json.share(after.confidence)
        json.endObject()
    }

    /// A sentence that leaves out no event: the shape has no other place for one refused among others that count.
    private var changeReason: String {
        var parts = [counted == 1 ? "1 event counted" : "\(counted) events counted"]
        if duplicates > 0 { parts.append("\(duplicates) had counted before") }
        if refused > 0 { parts.append("\(refused) refused (\(refusal))") }
        return parts.joined(separator: ", ")
    }

    private var refusal: String {
        guard let firstRefusal else { return "for reasons not listed" }
        return indexes.count == 1
            ? firstRefusal.reason : "event \(firstRefusal.index - indexes.lowerBound): \(firstRefusal.reason)"
    }
}
