import HTTPTypes
import NIOCore

/// Answers to connections that no request's code answers.
extension Problem {
    /// There are as many connections as there may be.
    static var tooManyConnections: Problem {
        Problem(.serviceUnavailable, .overloaded, "too many connections; try again shortly")
            .retry(afterSeconds: ServerLimits.retryAfterSeconds)
    }

    /// A request's first byte came too long ago.
    static var requestTimeout: Problem {
        let seconds = ServerLimits.requestTimeout.components.seconds
        return Problem(.requestTimeout, .timeout, "the request did not arrive whole within \(seconds) s")
    }

    /// The problem as the last bytes that a connection sends.
    var lastAnswer: [UInt8] {
        let body = json.buffer.readableBytesView
        var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nContent-Type: application/problem+json\r\n"
        for field in headers { head += "\(field.name.canonicalName): \(field.value)\r\n" }
        head += "Content-Length: \(body.count)\r\nDate: \(HTTPDate.now())\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }
}
