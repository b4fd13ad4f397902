import Foundation

/// Reads scenario files. `Bench/scenarios/README.md` is the reference; what it does not allow is refused.
///
/// A line is a key and its words; `#` begins a comment where a word could begin. Keys stand once, but for those of `repeatable`.
public struct ScenarioParser {
    private static let repeatable: Set<String> = ["phase", "work", "objective"]

    /// For the curves that phases name.
    private let folder: String
    private var scenario: Scenario
    private var phases: [Phase] = []
    private var work: [Operation] = []
    private var rateFactor = 1.0

    /// Reads a file.
    ///
    /// - Parameter overrides: "key=value", as of `--set`: replaces all lines of that key.
    /// - Throws: `.scenario`.
    public static func read(file path: String, overrides: [String] = []) throws(LoadError) -> Scenario {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadError(.scenario, "cannot read the scenario \(path)")
        }
        guard data.count <= LoadLimits.scenarioBytesMax else {
            throw LoadError(
                .scenario, "\(path) is longer than \(LoadLimits.scenarioBytesMax) bytes: this is no scenario")
        }
        let url = URL(fileURLWithPath: path)
        return try read(
            text: String(decoding: data, as: UTF8.self), name: url.lastPathComponent,
            folder: url.deletingLastPathComponent().path, overrides: overrides)
    }

    /// - Parameters:
    ///   - name: of the file, for errors.
    ///   - folder: where the curves are that phases name.
    public static func read(
        text: String, name: String, folder: String, overrides: [String] = []
    ) throws(LoadError) -> Scenario {
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        var parser = ScenarioParser(
            folder: folder, scenario: Scenario(name: stem, phases: [], work: []))
        let lines = try overridden(lines(of: text, name: name), by: overrides)
        for line in lines { try parser.read(line) }
        parser.scenario.settings = lines.map { NamedText(name: $0.key, value: $0.text) }
        return try parser.finished(name: name)
    }

    private init(folder: String, scenario: Scenario) {
        (self.folder, self.scenario) = (folder, scenario)
    }

    // MARK: lines

    private static func lines(of text: String, name: String) throws(LoadError) -> [ScenarioLine] {
        var lines: [ScenarioLine] = []
        var seen: Set<String> = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = raw.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
            guard let key = words.first.map(String.init) else { continue }
            let line = ScenarioLine(
                place: "\(name), line \(index + 1)", key: key, text: words.dropFirst().joined(separator: " "))
            guard repeatable.contains(key) || seen.insert(key).inserted else {
                throw line.fault("'\(key)' stands twice")
            }
            lines.append(line)
        }
        return lines
    }

    private static func overridden(
        _ lines: [ScenarioLine], by overrides: [String]
    ) throws(LoadError) -> [ScenarioLine] {
        var replaced: Set<String> = []
        var added: [ScenarioLine] = []
        for override in overrides {
            guard let equals = override.firstIndex(of: "=") else {
                throw LoadError(.scenario, "--set \(override): say --set key=value")
            }
            let key = String(override[..<equals])
            let line = ScenarioLine(
                place: "--set \(override)", key: key, text: String(override[override.index(after: equals)...]))
            guard replaced.insert(key).inserted || repeatable.contains(key) else {
                throw line.fault("'\(key)' is set twice")
            }
            added.append(line)
        }
        return lines.filter { !replaced.contains($0.key) } + added
    }

    // MARK: keys

    private mutating func read(_ line: ScenarioLine) throws(LoadError) {
        var line = line
        switch line.key {
        case "about": scenario.about = line.remainder()
        case "phase": phases.append(try PhaseParser.phase(&line, folder: folder))
        case "work": work.append(try WorkParser.operation(&line))
        case "objective": scenario.objectives.append(try Self.objective(&line))
        case "keys": scenario.keys = try WorkParser.keys(&line)
        case "key-name": scenario.keyName = try WorkParser.keyName(&line)
        case "ok": scenario.okStatuses = try Self.statuses(&line)
        default: guard try readPlain(&line) else { throw unknown(line) }
        }
        try line.end()
    }

    /// The keys of one number or word; false when it is none of them.
    private mutating func readPlain(_ line: inout ScenarioLine) throws(LoadError) -> Bool {
        switch line.key {
        case "loop": scenario.loop = try line.choice(Scenario.Loop.self)
        case "spacing": scenario.spacing = try line.choice(Spacing.self)
        case "connection": scenario.reuse = try line.choice(Scenario.Reuse.self)
        case "refused": scenario.afterRefusal = try line.choice(Scenario.AfterRefusal.self)
        case "rate-factor": rateFactor = try line.decimal("the factor", in: 0.000_001...1_000_000)
        case "threads": scenario.threads = try line.integer("the number of threads", in: 1...LoadLimits.threadsMax)
        case "connections":
            scenario.connections = try line.integer("the number of connections", in: 1...LoadLimits.connectionsMax)
        case "pipeline": scenario.pipeline = try line.integer("the depth", in: 1...LoadLimits.pipelineMax)
        case "backlog": scenario.backlog = try line.integer("the backlog", in: 1...LoadLimits.backlogMax)
        case "preload": scenario.preloadPerKey = try line.integer("the events for each key", in: 0...1_000)
        case "warmup": scenario.warmupSeconds = try line.seconds("the warm-up", max: LoadLimits.runSecondsMax)
        case "timeout": scenario.timeout = try Self.bounded(&line, "the timeout", min: 0.001)
        case "drain": scenario.drain = try Self.bounded(&line, "the drain", min: 0)
        case "lateness": scenario.latenessMax = try Self.bounded(&line, "the generator's lateness", min: 0.000_01)
        case "seed": scenario.seed = UInt64(try line.integer("the seed", in: 0...Int.max))
        default: return false
        }
        return true
    }

    private func unknown(_ line: ScenarioLine) -> LoadError {
        let keys = [
            "about", "loop", "spacing", "phase", "rate-factor", "warmup", "threads", "connections", "connection",
            "pipeline", "refused",
            "keys", "key-name", "work", "preload", "ok", "timeout", "drain", "backlog", "objective", "lateness", "seed",
        ]
        return line.fault("there is no key '\(line.key)'; there are \(keys.joined(separator: ", "))")
    }

    private static func bounded(_ line: inout ScenarioLine, _ what: String, min: Double) throws(LoadError) -> UInt64 {
        let seconds = try line.seconds(what, max: Double(LoadLimits.timeoutMax) / 1e9)
        guard seconds >= min else { throw line.fault("\(what) must be at least \(min) s") }
        return UInt64(seconds * 1e9)
    }

    private static func statuses(_ line: inout ScenarioLine) throws(LoadError) -> Set<Int> {
        var statuses: Set<Int> = []
        repeat { statuses.insert(try line.integer("a status", in: 200...599)) } while !line.isAtEnd
        return statuses
    }

    /// `p99 50ms [in PHASE]`, `errors 0.1% [in PHASE]`.
    private static func objective(_ line: inout ScenarioLine) throws(LoadError) -> Objective {
        let measures: [String: Double] = ["p50": 50, "p90": 90, "p99": 99, "p99.9": 99.9, "p99.99": 99.99, "max": 100]
        let word = try line.word("a measure")
        let measure: Objective.Measure
        let atMost: Double
        if word == "errors" {
            (measure, atMost) = (.errorRate, try line.share("the share of errors"))
        } else if let percent = measures[word] {
            (measure, atMost) = (.percentile(percent), try line.length("the time"))
        } else {
            throw line.fault("'\(word)' is no measure; there are p50, p90, p99, p99.9, p99.99, max and errors")
        }
        let phase = line.takes("in") ? try line.word("a phase") : nil
        return Objective(measure, atMost: atMost, phase: phase)
    }

    // MARK: the whole

    private func finished(name: String) throws(LoadError) -> Scenario {
        func fault(_ message: String) -> LoadError { LoadError(.scenario, "\(name): \(message)") }
        var scenario = scenario
        scenario.phases = phases.map { $0.times(rateFactor) }
        scenario.work = work
        guard !phases.isEmpty else { throw fault("a 'phase' is missing, as 'phase main constant 100/s for 10s'") }
        guard !work.isEmpty else { throw fault("'work' is missing, as 'work 100 read'") }
        guard phases.count <= LoadLimits.phasesMax else { throw fault("more than \(LoadLimits.phasesMax) phases") }
        guard work.count <= LoadLimits.operationsMax else {
            throw fault("more than \(LoadLimits.operationsMax) lines of work")
        }
        guard Set(phases.map(\.name)).count == phases.count else { throw fault("two phases have one name") }
        guard Set(work.map(\.name)).count == work.count else { throw fault("two lines of work are the same") }
        guard phases.reduce(0, { $0 + $1.segments.count }) <= LoadLimits.segmentsMax else {
            throw fault("the phases have more than \(LoadLimits.segmentsMax) steps and teeth")
        }
        guard scenario.schedule.measuredSeconds + scenario.warmupSeconds <= LoadLimits.runSecondsMax else {
            throw fault("a run of more than \(Int(LoadLimits.runSecondsMax / 86_400)) days")
        }
        guard phases.allSatisfy({ $0.segments.allSatisfy { $0.peak * rateFactor <= LoadLimits.rateMax } }) else {
            throw fault("a rate of more than \(Int(LoadLimits.rateMax))/s")
        }
        guard scenario.loop == .closed || phases.contains(where: { $0.arrivals * rateFactor >= 1 }) else {
            throw fault("the phases have no arrivals at all")
        }
        guard scenario.threads <= scenario.connections else { throw fault("fewer connections than threads") }
        guard scenario.reuse == .keepAlive || scenario.pipeline == 1 else {
            throw fault("'connection new' leaves nothing to pipeline")
        }
        for objective in scenario.objectives {
            if let phase = objective.phase, !phases.contains(where: { $0.name == phase }) {
                throw fault("an objective is about a phase '\(phase)', which there is not")
            }
        }
        return scenario
    }
}
