/// One kind of request in a mix.
public struct Operation: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// `GET` of a path; `{key}` in it becomes a key's name.
        case get(path: String)
        /// `POST` of the names of so many keys, as `{"deal_ids":[…]}`.
        case many(count: Int, path: String)
        /// `POST` of one event, as JSON.
        case event(path: String)
        /// `POST` of so many events, as NDJSON.
        case events(count: Int, path: String)
    }

    /// In results: the word of the scenario that began it, with what tells it from others of the same word.
    public let name: String
    public let kind: Kind
    /// How often it comes, in proportion to the others' weights; more than 0.
    public let weight: Double

    public init(name: String, kind: Kind, weight: Double) {
        precondition(weight > 0, "an operation that never comes is none")
        (self.name, self.kind, self.weight) = (name, kind, weight)
    }
}

extension Operation {
    /// What a read of one deal's health is, with which runs can be verified.
    static let health = Kind.get(path: "/v1/deals/{key}/health")
}

/// Draws operations by their weights.
struct OperationPicker {
    /// By operation: up to where, in (0, 1], a draw means it.
    private let edges: [Double]
    private var random: SeededRandom

    init(_ operations: [Operation], random: SeededRandom) {
        let total = operations.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        edges = operations.map { operation in
            sum += operation.weight
            return sum / total
        }
        self.random = random
    }

    /// An index of the operations.
    mutating func next() -> Int {
        if edges.count == 1 { return 0 }
        let drawn = random.unit()
        return edges.firstIndex { drawn <= $0 } ?? edges.count - 1
    }
}
