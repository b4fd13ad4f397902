import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// A response as a test looks at it.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    init(status: Int, headers: HTTPFields, bytes: [UInt8]) {
        self.status = status
        self.headers = headers
        self.bytes = bytes
    }

    init(_ response: TestClient.Response) {
        status = response.status.code
        headers = response.headers
        bytes = response.body.map { Array($0.readableBytesView) } ?? []
    }

    var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The body as a JSON object; empty when it is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }

    func integer(_ key: String) -> Int? {
        (json[key] as? NSNumber)?.intValue
    }

    func number(_ key: String) -> Double? {
        (json[key] as? NSNumber)?.doubleValue
    }

    func string(_ key: String) -> String? {
        json[key] as? String
    }

    func objects(_ key: String) -> [[String: Any]] {
        json[key] as? [[String: Any]] ?? []
    }

    func strings(_ key: String) -> [String] {
        json[key] as? [String] ?? []
    }

    /// Checks that the response is a problem of this status, and whole.
    func expectProblem(
        _ status: Int, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(text)", sourceLocation: sourceLocation)
        #expect(headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
        #expect(string("type") == "about:blank", sourceLocation: sourceLocation)
        #expect(integer("status") == status, sourceLocation: sourceLocation)
        #expect(string("reason") == reason, "\(text)", sourceLocation: sourceLocation)
        #expect(string("title")?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(string("detail")?.isEmpty == false, sourceLocation: sourceLocation)
        if status == 503 || status == 507 {
            #expect(headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0, sourceLocation: sourceLocation)
        }
    }
}
