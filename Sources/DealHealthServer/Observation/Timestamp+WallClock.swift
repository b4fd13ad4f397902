import DealHealthCore
import Foundation

extension Timestamp {
    /// The time by the system's clock. The engine's own clock is `Engine.now`: this is for what needs none.
    static var wallClock: Timestamp {
        Timestamp(microseconds: Int64(Date.now.timeIntervalSince1970 * 1e6))
    }
}
