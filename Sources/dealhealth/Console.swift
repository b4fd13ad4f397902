import Foundation

/// Lines for the person at the console, on standard error.
enum Console {
    static func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// A progress line that rewrites itself, on a terminal and past two seconds only.
    static func progress(_ verb: String) -> (UInt64, UInt64) -> Void {
        let start = ContinuousClock.now
        let isTerminal = isatty(STDERR_FILENO) == 1
        return { done, total in
            let elapsed = ContinuousClock.now - start
            guard isTerminal, elapsed > .seconds(2), done > 0, total > 0 else { return }
            let seconds = Double(elapsed.components.seconds)
            let left = Int(seconds * Double(total - min(done, total)) / Double(done))
            let percent = 100 * min(done, total) / total
            let filled = Int(percent * 30 / 100)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            let end = done >= total ? "\n" : ""
            FileHandle.standardError.write(
                Data("\r[\(bar)] \(percent) % \(verb), \(left) s left  \(end)".utf8))
        }
    }
}
