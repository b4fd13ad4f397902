import Foundation
import Synchronization

/// The threads of a run. They wait for each other between filling the server and loading it.
final class Crew: Sendable {
    private struct Shared {
        /// Workers that have filled their part of the server, or failed to.
        var preloaded = 0
        /// Absolute; set once all have.
        var start: UInt64?
        var isDismissed = false
        /// By worker.
        var reports: [Int: WorkerReport] = [:]
        var ended = 0
    }

    private let shared = Mutex(Shared())
    private let plan: WorkerPlan
    private let control: RunControl

    init(plan: WorkerPlan, control: RunControl) {
        self.plan = plan
        self.control = control
    }

    private var size: Int { plan.scenario.threads }

    /// Starts the threads; returns when the server is filled or that has failed.
    func preload() {
        for index in 0..<size {
            let thread = Thread { self.work(index) }
            thread.name = "load-\(index)"
            thread.start()
        }
        wait { $0.preloaded == self.size }
    }

    /// Lets all workers play their schedule from then on.
    func load(start: UInt64) {
        shared.withLock { $0.start = start }
    }

    /// Ends the threads instead.
    func dismiss() {
        shared.withLock { $0.isDismissed = true }
        wait { $0.ended == self.size }
    }

    var isDone: Bool { shared.withLock { $0.ended == size } }

    /// Of all workers, in order, once all are done.
    var reports: [WorkerReport] {
        shared.withLock { shared in (0..<size).compactMap { shared.reports[$0] } }
    }

    private func work(_ index: Int) {
        defer { shared.withLock { $0.ended += 1 } }
        do {
            var worker = try Worker(plan: plan, index: index, control: control)
            worker.preload()
            shared.withLock { $0.preloaded += 1 }
            wait { $0.start != nil || $0.isDismissed }
            guard let start = shared.withLock({ $0.start }) else { return }
            let report = worker.load(start: start)
            shared.withLock { $0.reports[index] = report }
        } catch {
            control.fail(error)
            shared.withLock { $0.preloaded += 1 }
        }
    }

    /// Each step of a run takes much longer than this sleeps.
    private func wait(until condition: (borrowing Shared) -> Bool) {
        while !shared.withLock({ condition($0) }) { usleep(1_000) }
    }
}
