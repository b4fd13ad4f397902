import ArgumentParser
import DealHealthLoad
import Foundation

/// Reading and writing of results; faults are lines that say what to do.
enum ResultFile {
    static func read(_ path: String) throws(LoadError) -> RunResult {
        guard let json = FileManager.default.contents(atPath: path) else {
            throw LoadError(.result, "\(path) cannot be read: check the path.")
        }
        do {
            return try RunResult(json: json)
        } catch {
            throw LoadError(.result, "\(path): \(error.message)")
        }
    }

    static func write(_ bytes: Data, to path: String) throws(LoadError) {
        do {
            try bytes.write(to: URL(fileURLWithPath: path))
        } catch {
            throw LoadError(.result, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
