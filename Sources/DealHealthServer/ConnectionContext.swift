import DealHealthReactor
import Hummingbird
import Logging

/// What a request knows of where it came from. Much smaller than Hummingbird's own context: no locks, no allocation.
struct ConnectionContext: InitializableFromSource {
    let logger: Logger
    let peer: PeerAddress

    init(source: ApplicationRequestContextSource) {
        logger = source.logger
        peer = PeerAddress(source.channel)
    }
}
