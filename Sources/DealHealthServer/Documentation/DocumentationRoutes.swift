import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /openapi.json`, the description of the API, and `GET /docs`, a page that a browser makes of it. Both are part of the program.
struct DocumentationRoutes: Sendable {
    private let description = ByteBuffer(bytes: PackageResources.openapi_json)
    private let page = ByteBuffer(bytes: PackageResources.docs_html)

    /// What the page may do: run what stands in it, and read from where it came.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"

    func openAPI() -> Response {
        Self.response(description, "application/json")
    }

    func docs() -> Response {
        var response = Self.response(page, "text/html; charset=utf-8")
        response.headers[.contentSecurityPolicy] = Self.policy
        return response
    }

    private static func response(_ bytes: ByteBuffer, _ contentType: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: contentType, .xContentTypeOptions: "nosniff", .cacheControl: CacheControl.revalidated,
            ],
            body: ResponseBody(byteBuffer: bytes))
    }
}
