import DealHealthEngine
import DealHealthServer

/// Says where the server listens and where its log is, in one line, once both listeners are bound.
final class Announcement: Sendable {
    private let settings: ServerSettings
    private let dataPath: String
    private let ports = Locked<[ListenerKind: Int]>([:])

    init(settings: ServerSettings, dataPath: String) {
        self.settings = settings
        self.dataPath = dataPath
    }

    @Sendable func listening(_ kind: ListenerKind, port: Int) async {
        let bound = ports.withLock { ports in
            ports[kind] = port
            return ports
        }
        guard let api = bound[.api], let operations = bound[.operations] else { return }
        Console.say(
            "dealhealth \(DealHealth.version): API on http://\(settings.host):\(api), metrics on http://\(settings.metricsHost):\(operations)/metrics, log in \(dataPath); needs no other server."
        )
    }
}
