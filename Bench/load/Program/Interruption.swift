import DealHealthLoad
import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first ends the run and lets it be told how it went, the second ends the checks, the third the process.
enum Interruption {
    /// As shells say it of SIGINT.
    static let exitCode: Int32 = 130

    private static let count = Mutex(0)

    /// Whether the one who waits has no patience left.
    static var isForced: Bool { count.withLock { $0 >= 2 } }

    /// - Returns: what MUST be kept for as long as signals shall be heard.
    static func watch(_ run: LoadRun) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let seen = count.withLock { count in
                    count += 1
                    return count
                }
                if seen >= 3 { exit(exitCode) }
                run.stop()
            }
            source.resume()
            return source
        }
    }
}
