import DealHealthServer
import Logging
import ServiceLifecycle

/// Puts new keys in force when `JWT_SECRET` changes where it is kept, in `SECRETS_DIR` or the file of settings, without a restart.
struct KeyRotation: Service {
    let ring: KeyRing
    let reader: SettingsReader
    let logger: Logger

    private static let pollInterval: Duration = .seconds(5)

    func run() async throws {
        let first = try secret()
        await cancelWhenGracefulShutdown {
            var known = first
            while (try? await Task.sleep(for: Self.pollInterval)) != nil {
                known = rotate(from: known)
            }
        }
    }

    private func secret() throws(ConfigurationError) -> Secret? {
        try reader.read(only: ["JWT_SECRET"]).configuration.tokens.secret
    }

    /// Replaces the keys if they have changed; the secret in force.
    private func rotate(from known: Secret?) -> Secret? {
        do {
            guard let secret = try secret(), secret != known else { return known }
            let keys = try TokenKeys(secret.text)
            ring.replace(keys: keys)
            logger.notice("JWT_SECRET has changed: the new keys are in force", metadata: ["keys": "\(keys)"])
            return secret
        } catch {
            // What is there is not whole yet, or wrong: the keys in force stay.
            logger.error("JWT_SECRET has changed and cannot be used", metadata: ["error": "\(error)"])
            return known
        }
    }
}
