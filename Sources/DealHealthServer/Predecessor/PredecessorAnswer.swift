import HTTPTypes
import Hummingbird

/// The shape that most of the predecessor's answers have: `{"success":…,…}`.
enum PredecessorAnswer {
    static func response(isSuccess: Bool = true, _ members: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(isSuccess)
        members(&json)
        json.endObject()
        var response = Response(json)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }
}
