import HTTPTypes
import Hummingbird

/// An answer that is not a success, in the one shape all of them have: RFC 9457 `application/problem+json`.
struct Problem: Error, Sendable {
    /// What a member added to the object holds.
    enum Value: Sendable {
        case integer(Int64)
        case number(Double)
        case string(String)
    }

    var status: HTTPResponse.Status
    var reason: ProblemReason
    /// What happened and what to do, for a person.
    var detail: String
    var headers: HTTPFields = [:]
    /// Members beyond the standard ones; names MUST NOT need escaping.
    var members: [(name: StaticString, value: Value)] = []

    init(_ status: HTTPResponse.Status, _ reason: ProblemReason, _ detail: String) {
        self.status = status
        self.reason = reason
        self.detail = detail
    }

    /// RFC 4918 §11.5; swift-http-types does not name it.
    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")

    /// The same with `Retry-After`.
    func retry(afterSeconds seconds: Int) -> Problem {
        adding(.retryAfter, String(seconds))
    }

    /// The same with another header field.
    func adding(_ name: HTTPField.Name, _ value: String) -> Problem {
        var problem = self
        problem.headers[name] = value
        return problem
    }

    /// The same with another member.
    func with(_ name: StaticString, _ value: Value) -> Problem {
        var problem = self
        problem.members.append((name, value))
        return problem
    }

    /// The problem as it goes out. Never kept by caches, which may keep a 404, 405 or 410 unless told not to (RFC 9110 §15.1): an
    /// unknown deal is known with its first event.
    var response: Response {
        var response = Response(json, status: status, contentType: "application/problem+json")
        response.headers[.cacheControl] = CacheControl.noStore
        response.headers.append(contentsOf: headers)
        return response
    }

    /// The problem as a JSON object.
    var json: JSONWriter {
        var json = JSONWriter()
        json.beginObject()
        json.key("type")
        json.string("about:blank")
        json.key("title")
        json.string(status.reasonPhrase)
        json.key("status")
        json.integer(status.code)
        json.key("detail")
        json.string(detail)
        json.key("reason")
        json.string(reason.rawValue)
        for member in members {
            json.key(member.name)
            switch member.value {
            case .integer(let value): json.integer(value)
            case .number(let value): json.number(value)
            case .string(let value): json.string(value)
            }
        }
        json.endObject()
        return json
    }
}

extension Response {
    /// A response with a JSON document.
    init(_ json: JSONWriter, status: HTTPResponse.Status = .ok, contentType: String = "application/json") {
        self.init(
            status: status, headers: [.contentType: contentType, .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: json.buffer))
    }
}
