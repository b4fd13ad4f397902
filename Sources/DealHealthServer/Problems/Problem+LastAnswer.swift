import HTTPTypes
import HummingbirdCore

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
        wholeAnswer(endsConnection: true).bytes()
    }

    /// The problem as it goes out where no encoder stands between.
    func wholeAnswer(endsConnection: Bool = false) -> WholeAnswer {
        WholeAnswer(status: status, fields: response.headers, json, endsConnection: endsConnection)
    }
}
