import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /metrics`: every instrument, in the format that the scraper asks for.
struct MetricsRoute: Sendable {
    let registry: PrometheusRegistry

    func get(_ request: Request) -> Response {
        let format = ExpositionFormat.negotiate(accept: request.headers[.accept])
        var bytes: [UInt8] = []
        registry.expose(format, into: &bytes)
        return Response(
            status: .ok, headers: [.contentType: format.contentType, .vary: "Accept"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
