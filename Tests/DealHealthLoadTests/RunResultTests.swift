import DealHealthLoad
import Foundation
import Testing

@Suite("A run's result")
struct RunResultTests {
    @Test func comesBackFromItsJSON() throws {
        let result = SampleResult.withEverything
        #expect(try RunResult(json: result.json) == result)
    }

    @Test func hasUnitsInItsNames() throws {
        let json = String(decoding: SampleResult.withEverything.json, as: UTF8.self)
        for name in [
            "\"duration_seconds\"", "\"p999_seconds\"", "\"at_seconds\"", "\"upper_bounds_nanoseconds\"",
            "\"cpu_share\"",
        ] {
            #expect(json.contains(name))
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"format_version":1}"#])
    func whatIsNoResultIsRefused(text: String) {
        #expect(throws: LoadError.self) { try RunResult(json: Data(text.utf8)) }
    }

    @Test func aNewerFormatIsRefused() {
        var result = SampleResult.withEverything
        result.formatVersion = RunResult.currentFormatVersion + 1
        #expect(throws: LoadError.self) { try RunResult(json: result.json) }
    }

    @Test func theWorstThatHappenedIsTheVerdict() {
        var result = SampleResult.plain
        #expect(Verdict(of: result) == .held)
        result.objectives = [ObjectiveOutcome(name: "p99", bound: "≤ 1 ms", measured: "2 ms", held: false)]
        #expect(Verdict(of: result) == .objectiveMissed)
        result.generator = GeneratorHealth(
            cpuShare: 1, cpuSeconds: 1, lateness: LatencyDistribution().percentiles, reasons: ["late"])
        #expect(Verdict(of: result) == .notCertified)
        result.chaos = [ChaosEvent(kind: .kill, atSeconds: 1, recoveredAfterSeconds: nil)]
        #expect(Verdict(of: result) == .notVerified)
        result.verification = SampleResult.withEverything.verification
        result.verification?.violationCount = 1
        #expect(Verdict(of: result) == .promiseBroken)
    }
}
