import DealHealthCore
import DealHealthEngine

/// What became of all events of one request.
struct IngestTally: Sendable {
    private(set) var accepted = 0
    private(set) var duplicates = 0
    /// The first refused events. *Invariant:* at most `Limits.rejectionsListedMax`.
    private(set) var rejected: [Rejection] = []
    /// All refused events.
    private(set) var rejectedCount = 0
    private(set) var lsn = LSN.zero

    init(accepted: Int = 0, duplicates: Int = 0, lsn: LSN = .zero) {
        self.accepted = accepted
        self.duplicates = duplicates
        self.lsn = lsn
    }

    /// Adds what became of some events.
    mutating func add(_ receipt: Receipt) {
        accepted += receipt.accepted
        duplicates += receipt.duplicates
        rejected.append(contentsOf: receipt.rejected.prefix(Limits.rejectionsListedMax - rejected.count))
        rejectedCount += receipt.rejectedCount
        lsn = max(lsn, receipt.lsn)
    }

    /// Adds an event that never became one.
    mutating func add(_ rejection: Rejection) {
        if rejected.count < Limits.rejectionsListedMax { rejected.append(rejection) }
        rejectedCount += 1
    }

    /// What has counted, in words for someone whose request was cut short.
    var summary: String {
        "of this request \(accepted) events were accepted and \(duplicates) had counted before;"
            + " sending all of it again is safe"
    }

    /// `{"accepted":n,"duplicates":n,"rejected":[{"index":i,"reason":"…"}],"lsn":n}`; `rejected_total` when more were refused
    /// than are listed.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("accepted")
        json.integer(accepted)
        json.key("duplicates")
        json.integer(duplicates)
        json.key("rejected")
        json.beginArray()
        for rejection in rejected {
            json.beginObject()
            json.key("index")
            json.integer(rejection.index)
            json.key("reason")
            json.string(rejection.reason)
            json.endObject()
        }
        json.endArray()
        if rejectedCount > rejected.count {
            json.key("rejected_total")
            json.integer(rejectedCount)
        }
        json.key("lsn")
        json.integer(lsn.value)
        json.endObject()
    }
}
