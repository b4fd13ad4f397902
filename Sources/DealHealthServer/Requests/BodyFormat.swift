import HTTPTypes

/// What a request's body is, by its `Content-Type`.
enum BodyFormat: Sendable, Equatable {
    case json
    /// One JSON text a line, by any of the names in use.
    case lines

    /// The value of `Accept-Post` where both are taken.
    static let acceptPost = "application/json, application/x-ndjson"

    /// The format of a body; absent is JSON. Throws 415 for any other type, and for a compressed body.
    init(_ headers: HTTPFields, accepting acceptPost: String = Self.acceptPost) throws(Problem) {
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, .unsupportedMediaType, "compressed bodies are not taken: send it as it is"
            ).adding(.acceptEncoding, "identity")
        }
        guard let type = headers[.contentType] else {
            self = .json
            return
        }
        switch Self.essence(type) {
        case "application/json": self = .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl": self = .lines
        default:
            throw Problem(.unsupportedMediaType, .unsupportedMediaType, "the body must be one of: \(acceptPost)")
                .adding(.acceptPost, acceptPost)
        }
    }

    /// Throws 415 unless the body is JSON.
    static func requireJSON(_ headers: HTTPFields) throws(Problem) {
        guard try BodyFormat(headers, accepting: "application/json") == .json else {
            throw Problem(.unsupportedMediaType, .unsupportedMediaType, "the body must be application/json")
                .adding(.acceptPost, "application/json")
        }
    }

    /// Type and subtype in lower case, without parameters.
    private static func essence(_ type: String) -> String {
        let end = type.utf8.firstIndex(of: UInt8(ascii: ";")) ?? type.endIndex
        return type[..<end].filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}

extension HTTPField.Name {
    /// W3C Linked Data Platform §7.1: the types that a POST takes. The name is a valid token, so this never fails.
    static let acceptPost = HTTPField.Name("Accept-Post") ?? .accept
}
