import HTTPTypes
import Hummingbird
import NIOCore

/// Reads a request's body within a limit.
struct BodyReader {
    let limit: Int
    /// What `limit` is for, in the refusal: "a JSON body".
    let name: String

    /// Throws 413 when the announced length is over the limit: before anything is read.
    func checkLength(_ headers: HTTPFields) throws(Problem) {
        guard let text = headers[.contentLength] else { return }
        // What is no `Int` is larger: the decoder takes digits only.
        guard let length = Int(text), length <= limit else { throw tooLarge() }
    }

    /// The whole body; throws 413 over the limit, 503 when `reservation` finds no room.
    func collect(_ request: Request, _ reservation: inout BodyReservation) async throws -> [UInt8] {
        try checkLength(request.headers)
        var bytes: [UInt8] = []
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) { bytes.reserveCapacity(length) }
        var iterator = request.body.makeAsyncIterator()
        while let chunk = try await next(&iterator) {
            guard bytes.count + chunk.readableBytes <= limit else { throw tooLarge() }
            try reservation.resize(to: bytes.count + chunk.readableBytes)
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// The next part of a body; throws 400 when the stream is not well-formed HTTP or breaks off.
    func next(_ iterator: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await iterator.next()
        } catch {
            throw Problem(.badRequest, .malformed, "the body is not well-formed HTTP, or broke off")
        }
    }

    func tooLarge() -> Problem {
        Problem(.contentTooLarge, .tooLarge, "\(name) is at most \(limit) bytes")
            .with("limit_bytes", .integer(Int64(limit)))
    }
}
