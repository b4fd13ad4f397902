import DealHealthLoad
import Foundation
import Testing

/// What scenario files may say, and how they are told off.
struct ScenarioParserTests {
    private static let plain = "phase main constant 100/s for 10s\nwork 1 read\n"

    private static func read(_ text: String, set overrides: [String] = []) throws(LoadError) -> Scenario {
        try ScenarioParser.read(text: text, name: "x.scenario", folder: "/nowhere", overrides: overrides)
    }

    private static func fault(of text: String, set overrides: [String] = []) -> String {
        do {
            _ = try read(text, set: overrides)
            return "none"
        } catch {
            return error.message
        }
    }

    @Test func everyLineOfTheFormatIsUnderstood() throws {
        let scenario = try Self.read(
            """
            # a comment
            about All of it   # and another
            loop open
            spacing even
            phase a constant 100/s for 1.5s
            phase b ramp 0/s to 200/s for 1m
            phase c step 100/s to 300/s in 3 steps for 3s
            phase d spike 10/s times 50 from 1s to 2s for 3s
            phase e sawtooth 1/s to 9/s every 2s for 5s
            rate-factor 2
            warmup 500ms
            threads 2
            connections 10
            connection keep-alive
            pipeline 4
            refused rest
            keys hot 5 of 50 share 90%
            key-name d-##
            work 3 read /x/{key}
            work 1 many 5
            preload 1
            ok 200 404
            timeout 250ms
            drain 1s
            backlog 7
            objective p99.9 20ms in b
            objective errors 0.5%
            lateness 2ms
            seed 42
            """)
        #expect(scenario.about == "All of it")
        #expect(scenario.phases.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(scenario.phases.map(\.seconds) == [1.5, 60, 3, 3, 5])
        #expect(scenario.phases[0].arrivals == 300, "the factor counts")
        #expect(scenario.phases[2].segments.map(\.startRate) == [200, 400, 600])
        #expect(scenario.phases[3].segments.map(\.startRate) == [20, 1_000, 20])
        #expect(scenario.phases[4].segments.map(\.seconds) == [2, 2, 1])
        #expect(scenario.keys == .hotSet(count: 50, hot: 5, share: 0.9))
        #expect(scenario.work.map(\.name) == ["read /x/{key}", "many 5"])
        #expect(scenario.okStatuses == [200, 404])
        #expect(scenario.timeout == 250_000_000)
        #expect(
            scenario.objectives == [
                Objective(.percentile(99.9), atMost: 0.02, phase: "b"), Objective(.errorRate, atMost: 0.005),
            ])
        #expect(scenario.seed == 42)
    }

    @Test(arguments: [
        ("conections 5", "line 3: there is no key 'conections'; there are about,"),
        ("connections many", "line 3: the number of connections must be an integer from 1 to 60000, not 'many'"),
        ("connections 5 6", "line 3: '6' is too much"),
        ("connections", "line 3: the number of connections is missing"),
        ("threads 1\nthreads 2", "line 4: 'threads' stands twice"),
        ("phase b constant 100 for 1s", "line 3: the rate must be a rate from 0/s to 10000000/s, not '100'"),
        ("phase b wave 100/s for 1s", "line 3: there is no shape 'wave'; there are constant,"),
        ("phase b constant 1/s for 5", "line 3: the length must be a time"),
        ("phase b constant 1/s during 5s", "line 3: 'for' belongs where 'during' is"),
        ("phase main constant 1/s for 5s", "two phases have one name"),
        ("phase b spike 1/s times 9 from 5s to 2s for 9s", "line 3: a spike begins before it ends"),
        ("phase b curve none.csv mean 1/s for 9s", "line 3: cannot read the curve /nowhere/none.csv"),
        ("work 1 write", "line 3: there is no work 'write'; there are read"),
        ("work 1 read x", "line 3: a path begins with /"),
        ("keys zipf 10", "line 3: the exponent is missing"),
        ("keys hot 20 of 10 share 5%", "line 3: more hot keys than keys"),
        ("key-name deal", "line 3: a pattern is letters"),
        ("objective p98 5ms", "line 3: 'p98' is no measure; there are p50"),
        ("objective p99 5ms in sale", "an objective is about a phase 'sale', which there is not"),
        ("loop half", "line 3: 'half' is not 'open' or 'closed'"),
        ("connection new\npipeline 2", "'connection new' leaves nothing to pipeline"),
        ("threads 9\nconnections 3", "fewer connections than threads"),
        ("rate-factor 1000000", "a rate of more than 10000000/s"),
    ])
    func wrongLineIsToldWithItsNumberAndWhatIsAllowed(line: String, message: String) {
        #expect(Self.fault(of: Self.plain + line).contains(message))
    }

    @Test func emptyScenarioSaysWhatIsMissing() {
        #expect(Self.fault(of: "").contains("a 'phase' is missing"))
        #expect(Self.fault(of: "phase a constant 0/s for 1s\nwork 1 read").contains("no arrivals at all"))
    }

    @Test func whatIsSetReplacesAllLinesOfItsKey() throws {
        let scenario = try Self.read(
            Self.plain + "threads 3", set: ["threads=2", "work=1 event", "work=1 list", "phase=x constant 5/s for 2s"])
        #expect(scenario.threads == 2)
        #expect(scenario.work.map(\.name) == ["event", "list"])
        #expect(scenario.phases.map(\.name) == ["x"])
        #expect(Self.fault(of: Self.plain, set: ["threads=x"]).hasPrefix("--set threads=x:"))
        #expect(Self.fault(of: Self.plain, set: ["threads"]).contains("say --set key=value"))
    }

    @Test func curveWithoutNumbersIsRefusedWithItsLine() {
        #expect(throws: LoadError.self) { try DayCurve(csv: "hour,share\n0,much\n", name: "day.csv") }
        #expect(throws: LoadError.self) { try DayCurve(csv: "hour,share\n0,0\n", name: "day.csv") }
        #expect(throws: LoadError.self) { try DayCurve(csv: "hour,share\n", name: "day.csv") }
    }

    @Test func scenariosOfTheProjectAreAllRight() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Bench/scenarios").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".scenario")
        }
        #expect(files.count == 6)
        for file in files { _ = try ScenarioParser.read(file: folder.appendingPathComponent(file).path) }
    }
}
