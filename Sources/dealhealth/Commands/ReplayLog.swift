import ArgumentParser
import DealHealthCore
import DealHealthEngine
import DealHealthWAL
import Foundation

/// `dealhealth replay --set NAME=VALUE …`: what other scoring settings would have made of the log.
struct ReplayLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Fold the log with other scoring settings, beside what it was; also while it is served.",
        discussion: "Judges both by the automated tests that followed, and lists the deals that would end differently.")

    @OptionGroup var directory: DataDirectoryOptions
    @Option(name: .customLong("set"), help: "A setting by its name in /v1/scoring, like decay_rate_per_day=0.2.")
    var changes: [ScoringOverride] = []
    @Option(help: "List the deals whose score or forecast differs by at least so many points.")
    var atLeast = 1.0
    @Option(help: "List at most so many deals.")
    var limit = 20

    func validate() throws {
        if changes.isEmpty { throw ValidationError("Nothing to compare with: give at least one --set NAME=VALUE.") }
    }

    func run() throws {
        let reader = try LogReader(directory: try directory.path)
        let bounds = try reader.bounds()
        let history = try reader.settingsHistory()
        let changes = changes
        let before = history.last { $0.lsn <= bounds.truncated } ?? history.first
        var whatIf = WhatIf(before?.change.settings ?? ScoringSettings()) { settings in
            for change in changes { settings[keyPath: change.parameter.value] = change.value }
        }
        let progress = Console.progress("replayed")
        let total = bounds.last.distance(from: bounds.truncated)
        var failure: (any Error)?
        try reader.forEachRecord(after: bounds.truncated) { (record, bytes) throws(LogError) in
            if record.header.lsn > bounds.last { return false }
            do {
                try whatIf.fold(
                    record.header, dealID: UnsafeRawBufferPointer(rebasing: bytes[record.dealID]),
                    payload: UnsafeRawBufferPointer(rebasing: bytes[record.payload]))
            } catch {
                failure = error
                return false
            }
            progress(record.header.lsn.distance(from: bounds.truncated), total)
            return true
        }
        if let failure { throw failure }
        if bounds.truncated > .zero {
            Console.say("dealhealth: the log is retained from LSN \(bounds.truncated.successor) on; deals begin there")
        }
        report(whatIf, records: total)
    }

    private func report(_ whatIf: WhatIf, records: UInt64) {
        print("\(records) records, \(whatIf.dealCount) deals; judged by \(whatIf.asWas.forecast.count) automated tests")
        print(row("", ["as was", "what if"]))
        func figures(_ name: String, _ figure: (WhatIf.Side) -> Double?) {
            print(row(name, [whatIf.asWas, whatIf.whatIf].map { figure($0).map { fixed($0, 4) } ?? "-" }))
        }
        for (name, quality) in [("forecast", \WhatIf.Side.forecast), ("score", \WhatIf.Side.score)] {
            figures("\(name): Brier score") { $0[keyPath: quality].brierScore }
            figures("\(name): log loss") { $0[keyPath: quality].logLoss }
            figures("\(name): AUC") { $0[keyPath: quality].areaUnderCurve }
            figures("\(name): calibration error") { $0[keyPath: quality].calibrationError }
        }
        print(row("alarms", ["\(whatIf.asWas.alarmCount)", "\(whatIf.whatIf.alarmCount)"]))
        print("\nforecast in   as was: mean → observed (tests)      what if: mean → observed (tests)")
        for index in whatIf.asWas.forecast.bins.indices {
            let bins = [whatIf.asWas.forecast.bins[index], whatIf.whatIf.forecast.bins[index]]
            print(
                "\(fixed(Double(index) / 10, 1))–\(fixed(Double(index + 1) / 10, 1))       "
                    + bins.map(text).joined(separator: "          "))
        }
        let changes = whatIf.changes(atLeast: atLeast)
        let flips = changes.count(where: \.isFlip)
        print(
            "\n\(changes.count) deals would differ by \(fixed(atLeast, 1)) points or more now, \(flips) in their status"
        )
        for change in changes.prefix(limit) {
            let (was, would) = (change.asWas, change.whatIf)
            print(
                "\(change.dealID)  score \(fixed(was.score.healthScore, 2)) → \(fixed(would.score.healthScore, 2))"
                    + "  forecast \(fixed(was.forecast.worksProbability, 3)) → \(fixed(would.forecast.worksProbability, 3))"
                    + "  \(was.forecast.status.rawValue)"
                    + (change.isFlip ? " → \(would.forecast.status.rawValue)" : ""))
        }
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        let padded = cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
        return name.padding(toLength: 28, withPad: " ", startingAt: 0) + padded.joined()
    }

    private func text(_ bin: ForecastQuality.Bin) -> String {
        guard let forecast = bin.meanForecast, let rate = bin.observedRate else {
            return "-".padding(toLength: 24, withPad: " ", startingAt: 0)
        }
        return "\(fixed(forecast, 3)) → \(fixed(rate, 3)) (\(bin.count))".padding(
            toLength: 24, withPad: " ", startingAt: 0)
    }

    private func fixed(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}

/// `NAME=VALUE` of a scoring setting.
struct ScoringOverride: ExpressibleByArgument, Sendable {
    let parameter: ScoringSettings.Parameter
    let value: Double

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = Double(parts[1]),
            let parameter = ScoringSettings.parameters.first(where: { $0.name == parts[0] }), parameter.isAllowed(value)
        else { return nil }
        self.parameter = parameter
        self.value = value
    }

    static var allValueStrings: [String] {
        ScoringSettings.parameters.map { "\($0.name)=\($0.range)" }
    }
}
