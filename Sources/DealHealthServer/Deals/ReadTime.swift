import DealHealthCore
import DealHealthEngine

/// `?at=<time>`: a read of what was, and not of what is.
enum ReadTime {
    /// The time asked for; nil when the read is of now. Throws 422 for a value that is no time, or is to come.
    static func parse(_ parameters: QueryParameters, now: Timestamp) throws(Problem) -> Timestamp? {
        guard let text = try parameters.string("at") else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem.invalidParameter("`at` must be a time like 2026-11-24T06:00:00Z (with `+` written as %2B)")
        }
        guard time <= now else { throw Problem.invalidParameter("`at` must not be in the future") }
        return time
    }
}
