import ArgumentParser
import DealHealthLoad
import Foundation

/// Reading and writing of results; faults are lines that say what to do.
enum ResultFile {
    static func read(_ path: String) throws -> RunResult {
        guard let json = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read: check the path.")
        }
        do {
            return try RunResult(json: json)
        } catch {
            throw ValidationError("\(path): \(error)")
        }
    }

    static func write(_ bytes: Data, to path: String) throws {
        do {
            try bytes.write(to: URL(fileURLWithPath: path))
        } catch {
            throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
