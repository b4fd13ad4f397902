public import Foundation

/// All that is known of one run: what `dealhealth-load run --output` writes, and `report` and `compare` read.
///
/// The JSON has its keys in snake_case, with the unit last. Members are added, never changed in meaning; `formatVersion` grows otherwise.
public struct RunResult: Codable, Sendable, Equatable {
    public static let currentFormatVersion = 1

    public var formatVersion = RunResult.currentFormatVersion
    /// The scenario's name.
    public var scenario: String
    /// URLs.
    public var targets: [String]
    public var loop: Loop
    /// RFC 3339, UTC.
    public var startTime: String
    /// Measured: without warm-up, and without the checks after it.
    public var durationSeconds: Double
    public var workers: Int
    public var connections: Int
    /// The scenario's other settings, as text, in its order.
    public var settings: [NamedText] = []
    /// All operations together; its name is "total".
    public var total: OperationResult
    /// In the scenario's order.
    public var operations: [OperationResult] = []
    /// The same of the scenario's phases, by the planned start.
    public var phases: [OperationResult] = []
    /// Without gaps.
    public var series: [SecondSample] = []
    /// What was planned to happen at which time: "spike begins".
    public var marks: [TimeMark] = []
    public var generator: GeneratorHealth
    /// nil without `--verify`.
    public var verification: VerificationOutcome?
    public var chaos: [ChaosEvent] = []
    public var objectives: [ObjectiveOutcome] = []

    public init(
        scenario: String, targets: [String], loop: Loop, startTime: String, durationSeconds: Double, workers: Int,
        connections: Int, total: OperationResult, generator: GeneratorHealth
    ) {
        self.scenario = scenario
        self.targets = targets
        self.loop = loop
        self.startTime = startTime
        self.durationSeconds = durationSeconds
        self.workers = workers
        self.connections = connections
        self.total = total
        self.generator = generator
    }

    /// When requests start.
    public enum Loop: String, Codable, Sendable {
        /// When the schedule says so, whatever the server does.
        case open
        /// When the answer before is there.
        case closed
    }

    /// Completed requests per second.
    public var completedPerSecond: Double {
        durationSeconds > 0 ? Double(total.completed) / durationSeconds : 0
    }
}

/// A setting of the run, as text.
public struct NamedText: Codable, Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Something worth a mark in the plots over time.
public struct TimeMark: Codable, Sendable, Equatable {
    /// Since the start.
    public var atSeconds: Double
    public var label: String

    public init(atSeconds: Double, label: String) {
        self.atSeconds = atSeconds
        self.label = label
    }
}

/// Whether the generator itself was fast enough for its figures to mean anything.
public struct GeneratorHealth: Codable, Sendable, Equatable {
    /// Of the processors that its workers may use, [0, 1].
    public var cpuShare: Double
    public var cpuSeconds: Double
    /// How much later than planned requests started.
    public var lateness: Percentiles
    /// Why the figures are not to be relied on, in words; empty when they are.
    public let reasons: [String]

    public init(cpuShare: Double, cpuSeconds: Double, lateness: Percentiles, reasons: [String]) {
        self.cpuShare = cpuShare
        self.cpuSeconds = cpuSeconds
        self.lateness = lateness
        self.reasons = reasons
        certified = reasons.isEmpty
    }

    /// *Invariant:* whether there are no `reasons`.
    public let certified: Bool
}

/// One objective of the scenario (SLO) and how it went.
public struct ObjectiveOutcome: Codable, Sendable, Equatable {
    /// "p99 of read", "error rate", …
    public var name: String
    /// With units, for people: "≤ 10 ms".
    public var bound: String
    public var measured: String
    public var held: Bool

    public init(name: String, bound: String, measured: String, held: Bool) {
        self.name = name
        self.bound = bound
        self.measured = measured
        self.held = held
    }
}

/// Something that was done to the server while it was under load.
public struct ChaosEvent: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
        case kill
        case stop
    }

    public var kind: Kind
    /// Since the start.
    public var atSeconds: Double
    /// From then until `/readyz` said 200 again, or until the process went on; nil if that did not happen in time.
    public var recoveredAfterSeconds: Double?

    public init(kind: Kind, atSeconds: Double, recoveredAfterSeconds: Double?) {
        self.kind = kind
        self.atSeconds = atSeconds
        self.recoveredAfterSeconds = recoveredAfterSeconds
    }
}

/// What the ledger found (`Verification/`).
public struct VerificationOutcome: Codable, Sendable, Equatable {
    public var deals: Int
    /// Different events that were sent.
    public var events: Int
    /// Of them, those that were acknowledged while the load ran.
    public var acknowledged: Int
    /// Sent again at the end, since nobody knew whether they counted; and how many of those had counted.
    public var resent: Int
    public var resentThatHadCounted: Int
    /// Answers that were looked into while the load ran.
    public var answersChecked: Int
    /// Deals whose history was read and compared, event by event.
    public var historiesCompared: Int
    /// Scores compared with the ledger's own fold.
    public var scoresCompared: Int
    /// The largest difference of a score that held, points.
    public var scoreDifferenceMax: Double
    /// How many promises were found broken.
    public var violationCount: Int
    /// The first of them, in words.
    public var violations: [String]
    /// Why it could not be finished, in words; nil if all was checked.
    public var incomplete: String?

    public init(
        deals: Int, events: Int, acknowledged: Int, resent: Int, resentThatHadCounted: Int, answersChecked: Int,
        historiesCompared: Int,
        scoresCompared: Int, scoreDifferenceMax: Double, violationCount: Int, violations: [String], incomplete: String?
    ) {
        self.deals = deals
        self.events = events
        self.acknowledged = acknowledged
        self.resent = resent
        self.resentThatHadCounted = resentThatHadCounted
        self.answersChecked = answersChecked
        self.historiesCompared = historiesCompared
        self.scoresCompared = scoresCompared
        self.scoreDifferenceMax = scoreDifferenceMax
        self.violationCount = violationCount
        self.violations = violations
        self.incomplete = incomplete
    }

    /// Whether every promise held and all was checked.
    public var held: Bool {
        violationCount == 0 && incomplete == nil
    }
}

// MARK: JSON

extension RunResult {
    /// Reads what `json` wrote.
    ///
    /// - Throws: `LoadError` that says what is wrong with it.
    public init(json: Data) throws(LoadError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(RunResult.self, from: json)
        } catch {
            throw LoadError(.result, "this is not a result of dealhealth-load: \(error)")
        }
        guard formatVersion <= RunResult.currentFormatVersion else {
            throw LoadError(
                .result,
                "the result has format \(formatVersion), and this program reads up to "
                    + "\(RunResult.currentFormatVersion): use a newer one.")
        }
    }

    /// The result as JSON, for `--output`.
    public var json: Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self)
        } catch {
            preconditionFailure("a result has no value that JSON cannot say: \(error)")
        }
    }
}
