import DealHealthCore
import Foundation

/// The time of the day, for what is written into events.
enum WallClock {
    static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
    }
}
