import HTTPTypes

/// The parameters of a query. Unknown ones are ignored; one that is known and given twice is refused.
struct QueryParameters: Sendable {
    private var pairs: [(name: String, value: ArraySlice<UInt8>)] = []

    /// No parameters.
    static let none = QueryParameters()

    private init() {}

    /// Splits a query; throws 400 when a name cannot be decoded, 422 when there are too many.
    init(_ query: [UInt8]) throws(Problem) {
        for pair in query.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < ServerLimits.queryParametersMax else {
                throw Problem.invalidParameter("more than \(ServerLimits.queryParametersMax) query parameters")
            }
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = PercentEncoding.decodeString(pair[..<end]) else {
                throw Problem(.badRequest, .malformed, "the query is not percent-encoded UTF-8")
            }
            pairs.append((name, pair[end...].dropFirst()))
        }
    }

    /// A value as it stands in the query, still percent-encoded; nil when it is not given.
    func raw(_ name: String) throws(Problem) -> ArraySlice<UInt8>? {
        let values = pairs.filter { $0.name == name }
        guard values.count < 2 else { throw Problem.invalidParameter("`\(name)` is given more than once") }
        return values.first?.value
    }

    /// A value, decoded; nil when it is not given.
    func string(_ name: String) throws(Problem) -> String? {
        guard let raw = try raw(name) else { return nil }
        guard let text = PercentEncoding.decodeString(raw) else {
            throw Problem(.badRequest, .malformed, "`\(name)` is not percent-encoded UTF-8")
        }
        return text
    }

    /// An integer in `range`; nil when it is not given.
    func integer<Value: FixedWidthInteger>(_ name: String, in range: ClosedRange<Value>) throws(Problem) -> Value? {
        guard let text = try string(name) else { return nil }
        // Digits only: `Int("+5")` is 5, and a client that sends a bare plus sign meant something else.
        let isPlain = text.utf8.first.map { $0 != UInt8(ascii: "+") } ?? false
        guard isPlain, let value = Value(text), range.contains(value) else {
            throw Problem.invalidParameter(
                "`\(name)` must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number in `range`; nil when it is not given.
    func number(_ name: String, in range: ClosedRange<Double>) throws(Problem) -> Double? {
        guard let text = try string(name) else { return nil }
        let isPlain = text.utf8.allSatisfy {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || $0 == UInt8(ascii: ".")
        }
        guard isPlain, let value = Double(text), range.contains(value) else {
            throw Problem.invalidParameter(
                "`\(name)` must be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
        }
        return value
    }
}

extension Problem {
    /// A parameter or body value that is not allowed.
    static func invalidParameter(_ detail: String) -> Problem {
        Problem(.unprocessableContent, .invalid, detail)
    }
}
