/// Why a request was not served, in one word for programs: the `reason` member of every problem. A closed set.
///
/// What each means to clients is told by `openapi.json`, which must name all of them.
enum ProblemReason: String, Sendable, CaseIterable {
    /// The request is not well formed.
    case malformed
    /// An event, parameter or body has a value that is not allowed.
    case invalid
    /// Nothing is found at this path.
    case notFound = "not_found"
    /// The deal has no events.
    case unknownDeal = "unknown_deal"
    /// No token, where one is needed.
    case unauthorized
    case invalidToken = "invalid_token"
    /// The token does not allow this call.
    case insufficientScope = "insufficient_scope"
    /// The client makes more requests than it may.
    case rateLimited = "rate_limited"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case tooLarge = "too_large"
    case headersTooLarge = "headers_too_large"
    /// An event id was used before for an event with other content.
    case conflict
    /// The log does not reach back that far.
    case notRetained = "not_retained"
    /// The server is starting: state is being recovered.
    case recovering
    /// `If-Match` names a state that is not the current one.
    case preconditionFailed = "precondition_failed"
    /// A bound is reached.
    case overloaded
    /// A bounded wait ran out.
    case timeout
    /// The server is stopping.
    case stopping
    /// A write or sync of the log failed; the process is about to end.
    case logFailed = "log_failed"
    case diskFull = "disk_full"
    /// A partition holds as many deals as it can.
    case full
    /// A fault of ours.
    case internalError = "internal_error"
}
