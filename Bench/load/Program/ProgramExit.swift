import ArgumentParser
import DealHealthLoad
import Foundation

/// The exit code when there is no result.
let exitWithoutResult: Int32 = 5

/// Tells an error as people expect it of a program, and ends with `exitWithoutResult`.
func orExit<Value>(_ body: () throws(LoadError) -> Value) throws -> Value {
    do throws(LoadError) {
        return try body()
    } catch {
        FileHandle.standardError.write(Data("dealhealth-load: \(error.message)\n".utf8))
        throw ExitCode(exitWithoutResult)
    }
}
