import Foundation
import HTTPTypes
import Hummingbird

/// Which web pages may call us from a browser (WHATWG Fetch §3.2).
public struct CORSPolicy: Sendable, Equatable {
    /// Seconds for which a browser may keep the answer to a preflight.
    private static let maxAge = "600"
    /// What a page may read of an answer beyond what it always may.
    private static let exposed = "ETag, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, traceparent"

    private let origins: Set<String>
    private let allowsAnyOrigin: Bool
    private let methods: String
    private let headers: String
    private let allowsAnyHeader: Bool

    /// - Parameters:
    ///   - origins: like `https://example.com`, without a path; `*` is every page.
    ///   - headers: that a request may have; `*` is every one.
    public init(origins: [String], methods: [String], headers: [String]) throws(AccessFault) {
        for origin in origins where origin != "*" {
            guard origin == "null" || Self.isOrigin(origin) else {
                throw AccessFault("\(origin) is no origin, like https://example.com or http://localhost:3000")
            }
        }
        for name in methods + headers where !Self.isToken(name) {
            throw AccessFault("\(name) is no method or field name")
        }
        allowsAnyOrigin = origins.contains("*")
        self.origins = Set(origins.map { $0.lowercased() })
        self.methods = methods.joined(separator: ", ")
        self.headers = headers.joined(separator: ", ")
        allowsAnyHeader = headers.contains("*")
    }

    /// `scheme://host[:port]` and nothing behind it.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = text.range(of: "://") else { return false }
        let host = text[scheme.upperBound...]
        return scheme.lowerBound > text.startIndex && !host.isEmpty
            && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") }
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }

    /// The value of `Access-Control-Allow-Origin` for a page; nil when it may not call us.
    func allowedOrigin(_ origin: String) -> String? {
        if allowsAnyOrigin { return "*" }
        return origins.contains(origin.lowercased()) ? origin : nil
    }

    /// The fields of an answer to a page, in the order of both lanes. A cache must keep what it gets for one page from another, so
    /// `Vary` is there whether the page is allowed or not.
    func fields(for origin: String) -> [(name: String, value: String)] {
        guard let allowed = allowedOrigin(origin) else { return [("Vary", "Origin")] }
        return [
            ("Access-Control-Allow-Origin", allowed), ("Access-Control-Expose-Headers", Self.exposed),
            ("Vary", "Origin"),
        ]
    }

    /// The answer to a browser that asks whether a page may make a request; nil when the request asks nothing of the kind.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, let origin = request.headers[.origin],
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var response = Response(status: .noContent)
        response.headers[.vary] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        if let allowed = allowedOrigin(origin) {
            response.headers[.accessControlAllowOrigin] = allowed
            response.headers[.accessControlAllowMethods] = methods
            // A wildcard would not cover `Authorization`.
            let asked = request.headers[.accessControlRequestHeaders]
            if let value = allowsAnyHeader ? asked : headers, !value.isEmpty {
                response.headers[.accessControlAllowHeaders] = value
            }
            response.headers[.accessControlMaxAge] = Self.maxAge
        }
        return response
    }
}
