import Foundation

/// How many connections there may be.
///
/// An `accept` that fails for want of a descriptor ends Hummingbird's accept loop for good, so connections must run out before
/// descriptors do: the log, the other listener and whatever else is open get a reserve.
enum ConnectionLimit {
    private static let descriptorsReserved = 256
    private static let connectionsMin = 64

    /// Connections to the API that the process's limit on open files allows, at most `ServerLimits.connectionsMax`.
    static func current() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connectionsMin }
        let descriptors = Int(clamping: limit.rlim_cur)
        return min(ServerLimits.connectionsMax, max(connectionsMin, descriptors - descriptorsReserved))
    }
}
