import Foundation
import Glibc

/// Does to a server what `ChaosPlan`s say, one after the other, while others load it. It blocks its thread.
public struct ChaosAgent: Sendable {
    private let plans: [ChaosPlan]
    private let restartCommand: String?
    private let server: ServerCalls

    /// - Parameters:
    ///   - restartCommand: run by `/bin/sh -c` after each kill, with the PID file's content its own affair; it may stay (`exec`) or end
    ///     (`&`). Without one, someone else starts the server again.
    ///   - server: whose `/readyz` tells that it is back.
    public init(plans: [ChaosPlan], restartCommand: String?, server: ServerCalls) {
        precondition((1...LoadLimits.chaosPlansMax).contains(plans.count))
        self.plans = plans
        self.restartCommand = restartCommand
        self.server = server
    }

    /// Goes on until `isOver`, and always leaves a server that runs behind.
    ///
    /// - Parameters:
    ///   - isOver: asked every few milliseconds.
    ///   - elapsedSeconds: since the start of the run.
    ///   - note: told of each thing done, once it is over.
    /// - Throws: `LoadError` when there is no such process, or it does not come back in time; `note` was told.
    public func run(
        isOver: () -> Bool, elapsedSeconds: () -> Double, note: (ChaosEvent) -> Void
    ) throws(LoadError) {
        var dueSeconds = plans.map(\.everySeconds)
        while !isOver() {
            guard let next = dueSeconds.indices.min(by: { dueSeconds[$0] < dueSeconds[$1] }) else { return }
            let now = elapsedSeconds()
            guard now >= dueSeconds[next] else {
                Self.pause()
                continue
            }
            try perform(plans[next], atSeconds: now, elapsedSeconds: elapsedSeconds, note: note)
            // Times that passed meanwhile are not made up for: the server would never serve.
            while dueSeconds[next] <= elapsedSeconds() { dueSeconds[next] += plans[next].everySeconds }
        }
    }

    private func perform(
        _ plan: ChaosPlan, atSeconds start: Double, elapsedSeconds: () -> Double, note: (ChaosEvent) -> Void
    ) throws(LoadError) {
        let process = try processID(plan.pidFile)
        switch plan.action {
        case .kill:
            do {
                try signal(SIGKILL, process, plan.pidFile)
                try waitUntil(failing: "process \(process) did not end after SIGKILL", within: LoadLimits.killWithin) {
                    Self.hasEnded(process)
                }
                try restart()
            } catch {
                note(ChaosEvent(kind: .kill, atSeconds: start, recoveredAfterSeconds: nil))
                throw error
            }
            note(ChaosEvent(kind: .kill, atSeconds: start, recoveredAfterSeconds: elapsedSeconds() - start))
        case .stop(let seconds):
            try signal(SIGSTOP, process, plan.pidFile)
            Thread.sleep(forTimeInterval: seconds)
            try signal(SIGCONT, process, plan.pidFile)
            note(ChaosEvent(kind: .stop, atSeconds: start, recoveredAfterSeconds: elapsedSeconds() - start))
        }
    }

    // MARK: restarting

    private func restart() throws(LoadError) {
        let shell = try restartCommand.map(launch)
        try waitUntil(
            failing: "the server was not ready again: /readyz did not say 200", within: LoadLimits.restartWithin
        ) {
            () throws(LoadError) -> Bool in
            if let shell, !shell.isRunning, shell.terminationStatus != 0 {
                throw LoadError(.target, "the restart command ended with status \(shell.terminationStatus)")
            }
            return try server.isReady()
        }
    }

    /// Starts the command without anything of ours open, so that whoever reads our output does not wait for the server.
    private func launch(_ command: String) throws(LoadError) -> Process {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", command]
        shell.standardInput = FileHandle.nullDevice
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        do {
            try shell.run()
        } catch {
            throw LoadError(.system, "the restart command could not be started: \(error)")
        }
        return shell
    }

    // MARK: processes

    private func processID(_ file: String) throws(LoadError) -> pid_t {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1
        else {
            throw LoadError(
                .system, "\(file) does not hold a process id: whoever starts the server must write it there.")
        }
        return process
    }

    private func signal(_ number: Int32, _ process: pid_t, _ file: String) throws(LoadError) {
        guard kill(process, number) == 0 else {
            throw LoadError(
                .system, "process \(process) of \(file) could not be signalled: \(String(cString: strerror(errno)))")
        }
    }

    /// Also when its parent has not asked how: it serves nothing any more, and holds no lock.
    private static func hasEnded(_ process: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        // "pid (name) state …", and the name may hold anything (proc(5)).
        return stat.split(separator: ")").last?.trimmingCharacters(in: .whitespaces).first == "Z"
    }

    private func waitUntil(
        failing failure: String, within duration: Duration, _ condition: () throws(LoadError) -> Bool
    ) throws(LoadError) {
        let deadline = ContinuousClock.now + duration
        while !(try condition()) {
            guard .now < deadline else {
                throw LoadError(.target, "\(failure) within \(duration)")
            }
            Self.pause()
        }
    }

    private static func pause() {
        usleep(UInt32(LoadLimits.chaosPoll.components.attoseconds / 1_000_000_000_000))
    }
}
