import DealHealthServer
import Logging
import ServiceLifecycle

/// Has new connections see the new certificate when its files change, without a restart.
struct CertificateRotation: Service {
    let identity: TLSIdentity
    private let files: CertificateFiles
    /// What `identity` was made of.
    private let contents: CertificateFiles.Contents
    private let logger = Logger(label: "dealhealth.tls")

    init(_ files: CertificateFiles) throws(ConfigurationError) {
        self.files = files
        contents = try files.read()
        identity = try CertificateFiles.apply(contents) { chain, key throws(ServerError) in
            try TLSIdentity(chain: chain, key: key)
        }
    }

    private static let pollInterval: Duration = .seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known = contents
            while (try? await Task.sleep(for: Self.pollInterval)) != nil {
                known = rotate(from: known)
            }
        }
    }

    /// Replaces the certificate if the files have changed; what they hold that is in force.
    private func rotate(from known: CertificateFiles.Contents) -> CertificateFiles.Contents {
        do {
            let contents = try files.read()
            if contents == known { return known }
            try CertificateFiles.apply(contents) { chain, key throws(ServerError) in
                try identity.replace(chain: chain, key: key)
            }
            logger.notice("the TLS certificate has changed: new connections see the new one")
            return contents
        } catch {
            // One of the two may not be written yet, or what is there is wrong: the certificate in force stays.
            logger.error("the TLS certificate has changed and cannot be used", metadata: ["error": "\(error)"])
            return known
        }
    }
}
