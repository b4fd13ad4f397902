import Testing

@testable import DealHealthServer

@Suite struct ProcessMetricsTests {
    @Test func fieldsAreCountedFromTheLastParenthesis() {
        let stat =
            "42 (deal) health 9) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 5 0 1000 8192000 250 "
            + "18446744073709551615 1 1 0"
        let sample = ProcessSample(
            stat: stat, limits: "Limit  Soft  Hard  Units\nMax open files     1024      4096  files\n",
            systemStat: "cpu 1 2 3\nbtime 1700000000\n", ticksPerSecond: 100, pageBytes: 4_096)
        #expect(sample.cpuSeconds == 2)
        #expect(sample.virtualBytes == 8_192_000)
        #expect(sample.residentBytes == 1_024_000)
        #expect(sample.maximumDescriptors == 1_024)
        #expect(sample.startTimeSeconds == 1_700_000_010)
    }

    @Test(arguments: ["", "garbage", "1 (x", "1 (x) S", ") a b c d e f g h i j k l m n o p q r s t u v w x"])
    func whatIsNotUnderstoodIsMissing(text: String) {
        let sample = ProcessSample(
            stat: text, limits: text, systemStat: text, ticksPerSecond: 100, pageBytes: 4_096)
        #expect(sample.cpuSeconds == nil)
        #expect(sample.virtualBytes == nil)
        #expect(sample.residentBytes == nil)
        #expect(sample.maximumDescriptors == nil)
        #expect(sample.startTimeSeconds == nil)
    }

    @Test func unlimitedDescriptorsAreInfinite() {
        let sample = ProcessSample(
            stat: "", limits: "Max open files            unlimited            unlimited            files",
            systemStat: "", ticksPerSecond: 100, pageBytes: 4_096)
        #expect(sample.maximumDescriptors == .infinity)
    }

    @Test(.enabled(if: isLinux)) func scrapeShowsThisProcess() {
        let registry = PrometheusRegistry(help: ProcessMetrics.help)
        ProcessMetrics().install(in: registry)
        let text = registry.expose(.text)
        for name in ProcessMetrics.help.keys {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            let value = line.flatMap { Double($0.dropFirst(name.count + 1)) }
            #expect((value ?? -1) >= (name == "process_cpu_seconds_total" ? 0 : 1), "\(name)")
        }
        #expect(!text.contains("No description was registered"))
    }

    @Test func unreadableProcLeavesTheMetricsOut() {
        let registry = PrometheusRegistry()
        ProcessMetrics(procPath: "/nonexistent").install(in: registry)
        #expect(!registry.expose(.text).contains("process_"))
    }

    private static var isLinux: Bool {
        #if os(Linux)
            true
        #else
            false
        #endif
    }
}
