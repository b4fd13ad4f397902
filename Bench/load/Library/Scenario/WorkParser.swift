/// Reads `work`, `keys` and `key-name`.
enum WorkParser {
    private static let kinds = "read [PATH], many COUNT, list [PATH], event, and events COUNT"

    /// `WEIGHT KIND …`
    static func operation(_ line: inout ScenarioLine) throws(LoadError) -> Operation {
        let weight = try line.decimal("the weight", in: 0.000_001...1_000_000)
        let word = try line.word("a kind of work (\(kinds))")
        let (detail, kind) = try kind(word, &line)
        return Operation(name: detail.isEmpty ? word : "\(word) \(detail)", kind: kind, weight: weight)
    }

    private static func kind(
        _ word: String, _ line: inout ScenarioLine
    ) throws(LoadError) -> (detail: String, Operation.Kind) {
        let counts = 1...LoadLimits.itemsMax
        switch word {
        case "read":
            let detail = try path(&line)
            return (detail, detail.isEmpty ? Operation.health : .get(path: detail))
        case "list":
            let detail = try path(&line)
            return (detail, .get(path: detail.isEmpty ? "/v1/deals?limit=50" : detail))
        case "many":
            let count = try line.integer("the number of keys", in: counts)
            return (String(count), .many(count: count, path: "/v1/deals/health"))
        case "event":
            return ("", .event(path: "/v1/events"))
        case "events":
            let count = try line.integer("the number of events", in: counts)
            return (String(count), .events(count: count, path: "/v1/events"))
        default:
            throw line.fault("there is no work '\(word)'; there are \(kinds)")
        }
    }

    /// The next word as a path of a request; empty when there is none.
    private static func path(_ line: inout ScenarioLine) throws(LoadError) -> String {
        if line.isAtEnd { return "" }
        let path = try line.word("a path")
        let isPlain = path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard path.hasPrefix("/"), isPlain else {
            throw line.fault("a path begins with / and is ASCII without spaces; escape all else with %, not '\(path)'")
        }
        return path
    }

    /// `uniform COUNT`, `zipf COUNT EXPONENT`, `hot HOT of COUNT share SHARE`
    static func keys(_ line: inout ScenarioLine) throws(LoadError) -> KeyDistribution {
        let counts = 1...LoadLimits.keysMax
        let word = try line.word("a distribution (uniform, zipf or hot)")
        switch word {
        case "uniform":
            return .uniform(count: try line.integer("the number of keys", in: counts))
        case "zipf":
            let count = try line.integer("the number of keys", in: counts)
            return .zipf(count: count, exponent: try line.decimal("the exponent", in: 0.01...10))
        case "hot":
            let hot = try line.integer("the number of hot keys", in: counts)
            try line.expect("of")
            let count = try line.integer("the number of keys", in: counts)
            try line.expect("share")
            guard hot <= count else { throw line.fault("more hot keys than keys") }
            return .hotSet(count: count, hot: hot, share: try line.share("the hot keys' share"))
        default:
            throw line.fault("there is no distribution '\(word)'; there are uniform, zipf and hot")
        }
    }

    static func keyName(_ line: inout ScenarioLine) throws(LoadError) -> KeyName {
        let pattern = try line.word("a pattern")
        guard let name = KeyName(pattern) else {
            throw line.fault(
                "a pattern is letters, digits, - _ . and one run of 1 to 9 # for the number, not '\(pattern)'")
        }
        return name
    }
}
