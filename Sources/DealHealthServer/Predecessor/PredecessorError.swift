import DealHealthCore
import HTTPTypes
import Hummingbird

/// Errors on the predecessor's paths in its shape: `{"detail":"…"}`, and for an input of the wrong form (422)
/// `{"detail":[{"loc":[…],"msg":"…","type":"value_error"}]}`, as FastAPI writes them.
///
/// What is turned away before a request is looked at (`Admission`) is a problem, which has a `detail` too.
enum PredecessorError {
    static func response(_ error: any Error) -> Response {
        if error is MalformedJSON {
            return response(error, status: .unprocessableContent, place: ["body"])
        }
        let problem = Problem(error)
        let place = (error as? InvalidInput)?.place ?? (problem.status == .unprocessableContent ? ["query"] : nil)
        var response = response(error, status: problem.status, place: place)
        response.headers.append(contentsOf: problem.headers)
        return response
    }

    private static func response(_ error: any Error, status: HTTPResponse.Status, place: [String]?) -> Response {
        let detail = Problem(error).detail
        var json = JSONWriter()
        json.beginObject()
        json.key("detail")
        if let place { write(detail, at: place, to: &json) } else { json.string(detail) }
        json.endObject()
        var response = Response(json, status: status)
        response.headers[.cacheControl] = CacheControl.noStore
        return response
    }

    private static func write(_ detail: String, at place: [String], to json: inout JSONWriter) {
        json.beginArray()
        json.beginObject()
        json.key("loc")
        json.beginArray()
        for name in place { json.string(name) }
        json.endArray()
        json.key("msg")
        json.string(detail)
        json.key("type")
        json.string("value_error")
        json.endObject()
        json.endArray()
    }
}
