import DealHealthEngine
import DealHealthServer

/// Says where the server listens and where its log is, in one line, once both listeners are bound.
final class Announcement: Sendable {
    private let settings: ServerSettings
    private let dataPath: String
    private let say: @Sendable (String) -> Void
    private let ports = Locked<[ListenerKind: Int]>([:])

    init(settings: ServerSettings, dataPath: String, say: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.dataPath = dataPath
        self.say = say
    }

    @Sendable func listening(_ kind: ListenerKind, port: Int) async {
        let bound = ports.withLock { ports in
            ports[kind] = port
            return ports
        }
        guard let api = bound[.api], let operations = bound[.operations] else { return }
        let operationsBase = "http://\(settings.metricsHost):\(operations)"
        say(
            "dealhealth \(DealHealth.version): API on \(settings.tls == nil ? "http" : "https")://\(settings.host):\(api), \(settings.isMetricsEnabled ? "metrics on \(operationsBase)/metrics" : "probes on \(operationsBase)"), log in \(dataPath); needs no other server."
        )
    }
}
