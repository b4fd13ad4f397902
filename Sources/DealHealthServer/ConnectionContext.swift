import Hummingbird
import Logging

/// What a request knows of where it came from. Much smaller than Hummingbird's own context: no locks, no allocation.
struct ConnectionContext: InitializableFromSource {
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        logger = source.logger
    }
}
