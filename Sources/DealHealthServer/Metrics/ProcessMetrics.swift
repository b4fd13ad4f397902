import Foundation

/// The metrics that Prometheus clients share for the process itself, refreshed before each scrape.
///
/// `process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_virtual_memory_bytes`,
/// `process_open_fds`, `process_max_fds`, `process_start_time_seconds`. What `/proc` does not tell is left out.
package struct ProcessMetrics: Sendable {
    /// Texts for `PrometheusRegistry.init(help:)`, by metric name.
    package static let help = [
        "process_cpu_seconds_total": "User and system CPU time used, in seconds.",
        "process_resident_memory_bytes": "Resident memory, in bytes.",
        "process_virtual_memory_bytes": "Virtual memory, in bytes.",
        "process_open_fds": "Open file descriptors.",
        "process_max_fds": "Limit on open file descriptors.",
        "process_start_time_seconds": "Start of the process, in seconds since 1970-01-01 UTC.",
    ]

    private let procPath: String

    /// A reader of the proc file system at `procPath`; tests pass another directory.
    package init(procPath: String = "/proc") {
        self.procPath = procPath
    }

    /// Refreshes these metrics before each exposition of `registry`.
    package func install(in registry: PrometheusRegistry) {
        // Weak: the registry keeps the callback, and would otherwise keep itself alive.
        registry.onCollect { [weak registry] in
            if let registry { collect(into: registry) }
        }
    }

    /// Reads `/proc` once and sets the metrics. Blocks for the few system calls this takes.
    package func collect(into registry: PrometheusRegistry) {
        let sample = ProcessSample(
            stat: text("self/stat"), limits: text("self/limits"), systemStat: text("stat"),
            ticksPerSecond: Double(max(1, sysconf(Int32(_SC_CLK_TCK)))),
            pageBytes: Double(max(1, sysconf(Int32(_SC_PAGESIZE)))))
        if let seconds = sample.cpuSeconds { registry.advanceCounter("process_cpu_seconds_total", to: seconds) }
        let gauges = [
            ("process_resident_memory_bytes", sample.residentBytes),
            ("process_virtual_memory_bytes", sample.virtualBytes),
            ("process_open_fds", openDescriptors()),
            ("process_max_fds", sample.maximumDescriptors),
            ("process_start_time_seconds", sample.startTimeSeconds),
        ]
        for case (let name, let value?) in gauges { registry.setGauge(name, to: value) }
    }

    private func text(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: "\(procPath)/\(path)") else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// One less than listed: reading the directory takes a descriptor itself.
    private func openDescriptors() -> Double? {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(procPath)/self/fd")
        return names.map { Double(max(0, $0.count - 1)) }
    }
}
