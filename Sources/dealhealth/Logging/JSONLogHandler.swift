import Foundation
import Logging

/// Log lines as JSON objects, one a line: `timestamp` (RFC 3339), `level`, `service`, `logger`, `message`, and `metadata` and
/// `error` if there are any.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    private let label: String
    private let service: String
    private let write: @Sendable (Data) -> Void

    /// - Parameter write: takes one whole line, its end included; called from any thread.
    init(label: String, service: String, write: @escaping @Sendable (Data) -> Void = FileHandle.standardError.write) {
        self.label = label
        self.service = service
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, event in event }
        let line = Line(
            timestamp: "\(WallClock.now())", level: event.level, service: service, logger: label,
            message: "\(event.message)", metadata: all.isEmpty ? nil : all.mapValues(Value.init),
            error: event.error.map { "\($0)" })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var bytes = try? encoder.encode(line) else { preconditionFailure("texts can always be encoded") }
        bytes.append(UInt8(ascii: "\n"))
        write(bytes)
    }

    private struct Line: Encodable {
        let timestamp: String
        let level: Logger.Level
        let service: String
        let logger: String
        let message: String
        let metadata: [String: Value]?
        let error: String?
    }

    private struct Value: Encodable {
        let value: Logger.Metadata.Value

        func encode(to encoder: any Encoder) throws {
            switch value {
            case .dictionary(let values): try values.mapValues(Value.init).encode(to: encoder)
            case .array(let values): try values.map(Value.init).encode(to: encoder)
            case .string, .stringConvertible: try "\(value)".encode(to: encoder)
            }
        }
    }
}
