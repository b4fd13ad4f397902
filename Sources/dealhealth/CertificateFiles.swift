import DealHealthServer
import Foundation

/// Where the server's certificate chain and its key are kept, both in PEM.
struct CertificateFiles: Sendable {
    /// What the files hold.
    struct Contents: Sendable, Equatable {
        let chain: Data
        let key: Data
    }

    let chainPath: String
    let keyPath: String

    /// Nil where TLS is off.
    init?(_ settings: Configuration.TLS) {
        guard let chainPath = settings.certificateFile, let keyPath = settings.keyFile else { return nil }
        self.chainPath = chainPath
        self.keyPath = keyPath
    }

    func read() throws(ConfigurationError) -> Contents {
        Contents(
            chain: try Self.contents("TLS_CERTIFICATE_FILE", chainPath),
            key: try Self.contents("TLS_KEY_FILE", keyPath))
    }

    /// Does with what the files hold what `use` does; it gets the chain, then the key.
    static func apply<Result>(
        _ contents: Contents, _ use: ([UInt8], [UInt8]) throws(ServerError) -> Result
    ) throws(ConfigurationError) -> Result {
        do {
            return try use(Array(contents.chain), Array(contents.key))
        } catch {
            throw ConfigurationError(faults: ["TLS_CERTIFICATE_FILE and TLS_KEY_FILE cannot be used: \(error)"])
        }
    }

    private static func contents(_ name: String, _ path: String) throws(ConfigurationError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ConfigurationError(faults: ["\(name)=\(path) cannot be read: \(error.localizedDescription)"])
        }
    }
}
