/// Names that look like settings of ours and are none.
enum UnknownNames {
    /// What our names begin with, where others' seldom do. (`OPENAI_`, `DATABASE_`, `REDIS_` belong to other programs too.)
    static let prefixes = [
        "DEALHEALTH_", "EVENT_ID_RETENTION_", "HEALTH_CALCULATION_", "JWT_", "LOG_MAP_", "LOG_RETENTION_",
        "MESSAGE_QUEUE_", "MONITORING_", "RATE_LIMIT_", "RECOVERY_SECONDS_", "SECURITY_", "SHUTDOWN_DELAY_",
    ]
    /// Kubernetes tells every container of a service named `dealhealth` by such variables.
    private static let serviceLinks = ["DEALHEALTH_PORT", "DEALHEALTH_SERVICE_"]
    /// More changes than this are another name.
    private static let changesMax = 3

    static func isMeantForUs(_ name: String) -> Bool {
        prefixes.contains(where: name.hasPrefix) && !serviceLinks.contains(where: name.hasPrefix)
    }

    static func warning(_ unknown: SettingSource.Unknown) -> String {
        let hint = nearest(to: unknown.name.uppercased()).map { "; did you mean \($0)?" } ?? ""
        return "\(unknown.name) (\(unknown.origin)) is no setting and does nothing\(hint)"
    }

    /// The known name that is the fewest changes away.
    private static func nearest(to name: String) -> String? {
        Setting.all.map { (name: $0.name, changes: changes(name, $0.name)) }
            .min { $0.changes < $1.changes }
            .flatMap { $0.changes <= changesMax ? $0.name : nil }
    }

    /// Levenshtein's distance: characters to insert, remove or replace.
    private static func changes(_ a: String, _ b: String) -> Int {
        let b = Array(b.utf8)
        var row = Array(0...b.count)
        for (i, x) in a.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let replaced = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
