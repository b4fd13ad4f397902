/// A surface that takes bytes from outside, and what must hold of its answer to any bytes at all.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Events: JSON documents, NDJSON, and what is made of them, beside a plain decoder.
    case events
    /// What the log holds: records, checkpoint entries, remembered ids, settings.
    case records
    /// Requests at the front of a connection's input.
    case requests
    /// NDJSON bodies as they stream in.
    case streams
    /// RFC 3339 times.
    case times

    /// What is wrong with the program's answer to `input`; nil if all holds. Bytes read out of bounds show under AddressSanitizer only.
    public func fault(in input: [UInt8]) -> String? {
        do throws(Fault) {
            switch self {
            case .events: try EventCheck.check(input)
            case .records: try RecordCheck.check(input)
            case .requests: try RequestCheck.check(input)
            case .streams: try StreamCheck.check(input)
            case .times: try TimeCheck.check(input)
            }
            return nil
        } catch {
            return error.description
        }
    }
}

/// Something that must hold and does not.
struct Fault: Error, CustomStringConvertible {
    let description: String
}

func require(_ holds: Bool, _ description: @autoclosure () -> String) throws(Fault) {
    if !holds { throw Fault(description: description()) }
}
