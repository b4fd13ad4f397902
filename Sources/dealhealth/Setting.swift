import ArgumentParser
import Foundation

/// One setting's value from its flag, else from its environment variable, else the default.
enum Setting {
    /// Throws a validation error that names the variable when its text is not a `Value`.
    static func value<Value: ExpressibleByArgument>(
        _ flag: Value?, _ variable: String, default defaultValue: Value
    ) throws -> Value {
        if let flag { return flag }
        guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else { return defaultValue }
        guard let value = Value(argument: text) else {
            throw ValidationError("\(variable)=\(text) is not a valid value; the default is \(defaultValue).")
        }
        return value
    }
}
