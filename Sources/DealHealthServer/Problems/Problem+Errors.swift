import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird
import NIOCore

extension Problem {
    /// How an error of any kind looks from outside; nothing of an unexpected one is shown.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as EngineError: self.init(error)
        case let error as MalformedJSON: self.init(error)
        case let error as InvalidInput: self = .invalidParameter(error.message)
        case is CancellationError:
            self = Problem(.serviceUnavailable, .stopping, "the server is stopping; try again")
                .retry(afterSeconds: ServerLimits.retryAfterSeconds)
        case let error as HTTPError:
            self = Problem(error.status, Self.reason(of: error.status), error.body ?? error.status.reasonPhrase)
            headers = error.headers
        case let error as any HTTPResponseError:
            self = Problem(error.status, Self.reason(of: error.status), error.status.reasonPhrase)
        default:
            self = Problem(.internalServerError, .internalError, "an unexpected error; the server's log has more")
        }
    }

    /// A refusal of the engine: what its caller may do about it.
    init(_ error: EngineError) {
        switch error.code {
        case .diskFull:
            self = Problem(Self.insufficientStorage, .diskFull, error.message)
                .retry(afterSeconds: ServerLimits.retryAfterFullSeconds)
        case .notRetained:
            self = Problem(.gone, .notRetained, error.message)
        case .tooMany:
            self = .invalidParameter(error.message)
        case .timeout:
            self = Self.unavailable(.timeout, error)
        case .stopping:
            self = Self.unavailable(.stopping, error)
        case .logFailed:
            self = Self.unavailable(.logFailed, error)
        case .overloaded, .busy:
            self = Self.unavailable(.overloaded, error)
        case .damaged:
            self = Problem(.internalServerError, .internalError, error.message)
        default:
            self = Problem(.internalServerError, .internalError, "an unexpected error; the server's log has more")
        }
    }

    /// A text that is not JSON, with the place of the fault.
    init(_ error: MalformedJSON) {
        self = Problem(.badRequest, .malformed, error.message).with("offset", .integer(Int64(error.offset)))
    }

    /// A single event that was refused.
    init(_ rejection: Rejection) {
        switch rejection.kind {
        case .invalid: self = Problem(.unprocessableContent, .invalid, rejection.reason)
        case .conflict: self = Problem(.conflict, .conflict, rejection.reason)
        case .refused:
            self = Problem(.serviceUnavailable, .full, rejection.reason)
                .retry(afterSeconds: ServerLimits.retryAfterFullSeconds)
        }
    }

    private static func unavailable(_ reason: ProblemReason, _ error: EngineError) -> Problem {
        Problem(.serviceUnavailable, reason, error.message).retry(afterSeconds: ServerLimits.retryAfterSeconds)
    }

    private static func reason(of status: HTTPResponse.Status) -> ProblemReason {
        switch status {
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .contentTooLarge: .tooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .unprocessableContent: .invalid
        default: status.kind == .clientError ? .malformed : .internalError
        }
    }
}
