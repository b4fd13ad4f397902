import DealHealthLoad
import Foundation
import Synchronization

/// A thread that does to the server what `--chaos` says, for as long as a run lasts.
final class Troubles: Sendable {
    private struct Shared {
        var events: [ChaosEvent] = []
        var fault: LoadError?
        var isOver = false
        var hasEnded = false
    }

    private let shared: Mutex<Shared> = Mutex(Shared())

    /// Starts at once. When the server does not come back, the run is stopped.
    init(agent: ChaosAgent, run: LoadRun) {
        let thread = Thread { [self] in
            do throws(LoadError) {
                try agent.run(
                    isOver: { self.shared.withLock { $0.isOver } }, elapsedSeconds: { run.elapsedSeconds },
                    note: { event in self.shared.withLock { $0.events.append(event) } })
            } catch {
                shared.withLock { $0.fault = error }
                run.stop()
            }
            shared.withLock { $0.hasEnded = true }
        }
        thread.name = "chaos"
        thread.start()
    }

    /// Ends it; the server runs then, or could not be made to. Bounded by the agent's own limits.
    func wait() {
        shared.withLock { $0.isOver = true }
        while !shared.withLock({ $0.hasEnded }) { usleep(1_000) }
    }

    var events: [ChaosEvent] { shared.withLock { $0.events } }
    var fault: LoadError? { shared.withLock { $0.fault } }
}
