/// What Linux says about this process, parsed from the texts of `/proc`. Pure: reads nothing itself.
///
/// Source: proc(5). A field is `nil` where its text is missing or not understood.
struct ProcessSample: Equatable, Sendable {
    /// User and system time used, in seconds.
    var cpuSeconds: Double?
    /// Resident memory, in bytes.
    var residentBytes: Double?
    /// Address space, in bytes.
    var virtualBytes: Double?
    /// The soft limit on open descriptors; infinite if there is none.
    var maximumDescriptors: Double?
    /// When the process started, in seconds since 1970-01-01 UTC.
    var startTimeSeconds: Double?

    /// Parses the texts.
    ///
    /// - Parameters:
    ///   - stat: `/proc/self/stat`.
    ///   - limits: `/proc/self/limits`.
    ///   - systemStat: `/proc/stat`, for the time of boot.
    ///   - ticksPerSecond: `sysconf(_SC_CLK_TCK)`, the unit of times in `stat`.
    ///   - pageBytes: `sysconf(_SC_PAGESIZE)`, the unit of resident memory.
    init(stat: String, limits: String, systemStat: String, ticksPerSecond: Double, pageBytes: Double) {
        precondition(ticksPerSecond > 0, "a clock ticks")
        precondition(pageBytes > 0, "a page has bytes")
        // The command, field 2, may hold spaces and parentheses: fields count from the last parenthesis.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.endIndex)...].split(separator: " ").map { Double($0) }
        func field(_ number: Int) -> Double? {
            fields.indices.contains(number - 2) ? fields[number - 2] : nil
        }
        if let user = field(14), let system = field(15) { cpuSeconds = (user + system) / ticksPerSecond }
        virtualBytes = field(23)
        residentBytes = field(24).map { $0 * pageBytes }
        maximumDescriptors = Self.maximumDescriptors(limits)
        if let boot = Self.bootTime(systemStat), let ticks = field(22) {
            startTimeSeconds = boot + ticks / ticksPerSecond
        }
    }

    private static func maximumDescriptors(_ limits: String) -> Double? {
        let title = "Max open files"
        guard let line = limits.split(separator: "\n").first(where: { $0.hasPrefix(title) }),
            let soft = line.dropFirst(title.count).split(separator: " ").first
        else { return nil }
        return soft == "unlimited" ? .infinity : Double(soft)
    }

    private static func bootTime(_ systemStat: String) -> Double? {
        guard let line = systemStat.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }) else { return nil }
        return Double(line.dropFirst("btime ".count))
    }
}
