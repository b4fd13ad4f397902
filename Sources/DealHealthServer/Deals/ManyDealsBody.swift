import DealHealthCore
import DealHealthEngine

/// Writes the answer of a read of many deals, for both lanes.
enum ManyDealsBody {
    /// `{"deals":[…],"missing":[…]}`, each in the order asked, all at one instant. The ids stand in `bytes` at `ids`, and MUST be
    /// UTF-8. Never waits.
    static func write(
        _ ids: [Range<Int>], in bytes: UnsafeRawBufferPointer, _ engine: Engine, _ asOf: Timestamp,
        _ sampler: inout HotDealSampler, to json: inout JSONWriter
    ) {
        let scoring = engine.scoring.settings
        var missing: [Int] = []
        json.beginObject()
        json.key("deals")
        json.beginArray()
        engine.forEachState(of: ids, in: bytes) { index, dealID, state in
            guard let state else { return missing.append(index) }
            let assessment = Assessment(of: state, at: asOf, settings: scoring)
            HealthBody.write(dealID: dealID, state: state, assessment: assessment, asOf: asOf, to: &json)
        }
        sampler.pass(ids.count) { index in
            engine.hotReads.note(UnsafeRawBufferPointer(rebasing: bytes[ids[index]]), at: asOf)
        }
        json.endArray()
        json.key("missing")
        json.beginArray()
        for index in missing { json.string(utf8: UnsafeRawBufferPointer(rebasing: bytes[ids[index]])) }
        json.endArray()
        json.endObject()
    }
}
